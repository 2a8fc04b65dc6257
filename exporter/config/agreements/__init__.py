"""Agreements as their documents have them: from YAML to `sla.agreement.Agreement`, or to all that is wrong with it."""
