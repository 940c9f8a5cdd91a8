"""How fast the line is: each measure beside its target, and beside a bare system on the same database where it says so."""
