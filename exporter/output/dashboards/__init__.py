"""Grafana dashboards as code: each is built from the names of the metrics, and never edited by hand.

All queries match with `on` and `by`, so that labels of targets change nothing, and take the worst that any of
several exporters says. What is bad is told by a mark or a word as well as by its colour.
"""
