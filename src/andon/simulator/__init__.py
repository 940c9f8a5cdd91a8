"""The same system under a seed: virtual clock, parties with faults, workload, auditor."""
