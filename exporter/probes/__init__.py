"""One file per probe type: its settings, and the code that is imported on first use."""
