"""The daemon while it lives: what it probes, and how it goes over to another configuration."""
