"""Agreements put to the record: what is known of a period, what became of it, and what was said of it."""
