"""What it costs: charges, ledger, settlement, statements, disputes."""
