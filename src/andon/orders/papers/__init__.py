"""Papers of the packing table: labels, pick lists, and the scan that stands before a label."""
