"""In which formats reports are written."""

FORMATS = ("html", "md", "csv", "json")
"""By the ending of a file."""
