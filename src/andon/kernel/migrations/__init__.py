"""The schema's versions, each run once, as the owner."""
