"""What a probe saw is put down line by line, as a terminal would break it."""

from exporter.probes.details import Details


def test_only_breaks_of_a_terminal_begin_a_line() -> None:
    details = Details()
    details.received("one\r\ntwo\n\nthree\u2028< four\x85five\n")
    details.sent("")
    assert [(each.kind, each.text) for each in details.lines] == [
        ("received", "one"),
        ("received", "two"),
        ("received", ""),
        ("received", "three\u2028< four\x85five"),
    ]
