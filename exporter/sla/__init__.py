"""Agreements: from the timeline to what is owed, so that both parties can compute it; pure, from plain data to plain data.

A result is made of nothing but the terms and the evidence that go with it, and so can be made again by
anybody who has them.
"""
