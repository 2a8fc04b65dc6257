"""Names of metrics and labels, exposition, tables."""
