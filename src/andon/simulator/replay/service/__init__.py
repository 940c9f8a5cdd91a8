"""Use cases of a replay: open the world, hand facts over, run the line, report."""
