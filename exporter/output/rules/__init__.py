"""Alert rules for Prometheus, their promtool tests, and an Alertmanager configuration that goes with them.

Every alert stands beside the histories that prove it: one in which it fires at a minute that is worked out,
and one in which it stays silent. All expressions match with `on` and `by`, bridge a missed scrape, and
work with two exporters side by side.
"""
