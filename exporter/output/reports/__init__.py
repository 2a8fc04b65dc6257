"""The report of a period: one JSON document as HTML, Markdown and CSV, for both parties.

`sections/` says what a report has, in blocks that know of no format; each format writes the same blocks, so that none
of them says more than another. All are pure: the same document gives the same text.
"""
