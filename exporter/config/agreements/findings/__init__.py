"""What is weak in agreements that are free of problems: each finding with its place."""
