"""What the YAML may say, and how a file becomes a configuration or all of its problems."""
