"""Cookies that servers set along redirects."""

import pytest

from exporter.probes.cookies import Jar, header_for, with_set
from exporter.probes.url import parse_url

NOW = 1.8e9
"""In 2027."""


def after(*headers: bytes, url: str = "https://shop.example.com/a/b") -> Jar:
    return with_set((), parse_url(url), headers, NOW)


def test_a_cookie_goes_back_to_its_host_and_below_its_path() -> None:
    jar = after(b"sid=1; Path=/a", b"theme=dark")
    assert header_for(jar, parse_url("https://shop.example.com/a/c")) == "sid=1; theme=dark"
    assert header_for(jar, parse_url("https://shop.example.com/ab")) == ""
    assert header_for(jar, parse_url("https://example.com/a")) == ""


@pytest.mark.parametrize(
    ("domain", "url", "sent"),
    [
        ("example.com", "https://www.example.com/", True),
        (".example.com", "https://example.com/", True),
        ("other.com", "https://other.com/", False),
        ("com", "https://other.com/", False),
    ],
)
def test_a_domain_must_be_one_of_the_host(domain: str, url: str, sent: bool) -> None:
    jar = after(f"sid=1; Path=/; Domain={domain}".encode())
    assert bool(header_for(jar, parse_url(url))) is sent


def test_a_secure_cookie_is_sent_over_tls_only() -> None:
    jar = after(b"sid=1; Path=/; Secure")
    assert header_for(jar, parse_url("http://shop.example.com/")) == ""
    assert header_for(jar, parse_url("https://shop.example.com/")) == "sid=1"


def test_a_later_cookie_replaces_and_one_that_is_over_takes_back() -> None:
    url = parse_url("https://shop.example.com/")
    before = after(b"sid=1; Path=/", b"b=2; Path=/")
    jar = with_set(before, url, [b"sid=2; Path=/", b"b=; Path=/; Max-Age=0"], NOW)
    assert header_for(jar, url) == "sid=2"


@pytest.mark.parametrize(
    ("attributes", "is_kept"),
    [
        ("Expires=Thu, 01 Jan 1970 00:00:00 GMT", False),
        ("Expires=Thu, 01-Jan-1970 00:00:00 GMT", False),
        ("expires=Wed, 01 Jan 2100 00:00:00 GMT", True),
        ("Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60", True),
        ("Expires=Wed, 01 Jan 2100 00:00:00 GMT; max-age=-1", False),
        ("Max-Age=000", False),
        ("Max-Age=060", True),
        ("Max-Age=soon", True),
        ("Expires=soon", True),
    ],
)
def test_a_cookie_that_has_expired_is_gone(attributes: str, is_kept: bool) -> None:
    url = parse_url("https://shop.example.com/")
    jar = with_set(after(b"sid=1; Path=/"), url, [f"sid=2; Path=/; {attributes}".encode()], NOW)
    assert header_for(jar, url) == ("sid=2" if is_kept else "")


def test_an_attribute_that_nobody_knows_is_nothing() -> None:
    jar = after(b"sid=abc; Priority=High; Path=/; Secure; Partitioned; SameSite=None; HttpOnly")
    assert header_for(jar, parse_url("https://shop.example.com/")) == "sid=abc"
    assert header_for(jar, parse_url("http://shop.example.com/")) == ""


def test_a_value_is_sent_as_it_came() -> None:
    jar = after(b'json={"a": [1, 2]}; Path=/', b"base=YQ==; Path=/", b'quoted="a b"; Path=/')
    assert header_for(jar, parse_url("https://shop.example.com/")) == (
        'json={"a": [1, 2]}; base=YQ==; quoted="a b"'
    )


@pytest.mark.parametrize("header", [b"sid=2; Path=/", b"sid=2; Path=/; Secure", b"sid=2; Path=/a"])
def test_who_speaks_in_the_clear_changes_no_secure_cookie(header: bytes) -> None:
    before = after(b"sid=1; Path=/; Secure")
    assert with_set(before, parse_url("http://shop.example.com/"), [header], NOW) == before


def test_cookies_without_end_are_not_kept() -> None:
    assert after(b"long=" + b"x" * 5000) == ()
    jar = after(*(b"c%d=1; Path=/" % number for number in range(1000)))
    assert [each.name for each in jar] == [f"c{number}" for number in range(950, 1000)]


def test_nonsense_is_no_cookie() -> None:
    assert after(b"\xff\xfe", b"=", b"a b c", b"", b"=1", b"a=\x1b[31m", b";", b"; Path=/") == ()
