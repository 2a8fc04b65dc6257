"""What several tests need: the real daemon, the real Prometheus, targets that can fail."""
