"""Cookies that servers set along redirects."""

import pytest

from exporter.probes.cookies import Jar, header_for, with_set
from exporter.probes.url import parse_url


def after(*headers: bytes, url: str = "https://shop.example.com/a/b") -> Jar:
    return with_set((), parse_url(url), headers)


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
    jar = with_set(after(b"sid=1; Path=/", b"b=2; Path=/"), url, [b"sid=2; Path=/", b"b=; Path=/; Max-Age=0"])
    assert header_for(jar, url) == "sid=2"


def test_nonsense_is_no_cookie() -> None:
    assert after(b"\xff\xfe", b"=", b"a b c", b"") == ()
