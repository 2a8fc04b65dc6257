"""Whether reports are true: each by itself, and several with each other."""
