"""The outside parties of the demonstration. Each is a process of its own and knows Andon by its API alone.

They import nothing of Andon: what they say and hear is what any shop's channel, warehouse or carrier would.
"""
