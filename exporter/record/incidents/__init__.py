"""Incidents and measures in the record: the ledger of what was written down, and what it comes to."""
