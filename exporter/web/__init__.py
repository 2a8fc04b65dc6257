"""Routes and pages of the daemon."""
