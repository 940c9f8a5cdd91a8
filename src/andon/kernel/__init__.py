"""The few words everyone speaks: money, ids, clock, errors, lifecycle, tx, line, http, db."""
