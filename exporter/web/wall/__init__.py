"""Pages for people: the wall at `/`, each service and each SLO, badges and a feed.

Rendered here, with templates that escape everything; the little script only puts what the server
sends in its place. Nothing comes from elsewhere.
"""
