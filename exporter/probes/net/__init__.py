"""Sockets, TLS, name lookups and the HTTP/1.1 state machine that probes share."""
