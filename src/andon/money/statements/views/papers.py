paper_of=None
