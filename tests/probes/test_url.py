import pytest

from exporter.probes.url import Url, literal_family, parse_url


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("http://a.example", Url("http", "", "a.example", 0, "")),
        ("HTTPS://A.Example:8443/x?y#z", Url("https", "", "A.Example", 8443, "/x?y")),
        ("http://user:p%40ss@h:1?q=@", Url("http", "user:p%40ss", "h", 1, "?q=@")),
        ("http://a@b@c/", Url("http", "a@b", "c", 0, "/")),
        ("tcp://[::1]:22", Url("tcp", "", "::1", 22, "")),
        ("http://127.0.0.1:/", Url("http", "", "127.0.0.1", 0, "/")),
        ("http://_srv.a-b.example./", Url("http", "", "_srv.a-b.example.", 0, "/")),
        ("http://bücher.example/", Url("http", "", "xn--bcher-kva.example", 0, "/")),
        ("http://BÜCHER.example/", Url("http", "", "xn--bcher-kva.example", 0, "/")),
        ("http://h//a/../b;%zz?%", Url("http", "", "h", 0, "//a/../b;%zz?%")),
    ],
)
def test_a_url_is_taken_apart_and_its_path_stays_as_it_is(text: str, parts: Url) -> None:
    assert parse_url(text) == parts


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("example.com", "not a URL"),
        ("http:/x", "not a URL"),
        ("http://", "no host"),
        ("http://:80/", "no host"),
        ("http:///path", "no host"),
        ("http://h/ä", "percent-encode"),
        ("http://h/a b", "percent-encode"),
        ("http://h/a\r\nX: y", "percent-encode"),
        ("http://h/?q=\x00", "percent-encode"),
        ("http://h:0/", "no valid port"),
        ("http://h:65536/", "no valid port"),
        ("http://h:8x/", "no valid port"),
        ("http://h:+80/", "no valid port"),
        ("http://h:²/", "no valid port"),
        ("http://::1/", "without brackets"),
        ("http://[::1/", "brackets"),
        ("http://[127.0.0.1]/", "brackets"),
        ("http://[::1]x/", "brackets"),
        ("http://a..b/", "no valid host name"),
        ("http://a b/", "no valid host name"),
        ("http://h\n/", "no valid host name"),
        ("http://%41/", "no valid host name"),
        (f"http://{'a' * 64}/", "no valid host name"),
        (f"http://{'a.' * 127}example/", "no valid host name"),
        ("http://ü..b/", "no valid host name"),
    ],
)
def test_what_is_no_url_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_url(text)


@pytest.mark.parametrize(
    "text", ["http://user:hush@h /", "http://user:hush@h:99999/?hush", "http://hüsh:hush@h/"]
)
def test_a_refusal_never_repeats_credentials(text: str) -> None:
    with pytest.raises(ValueError, match="the URL") as refused:
        parse_url(text)
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize(
    ("host", "family"),
    [("127.0.0.1", 4), ("::1", 6), ("a.example", 0), ("1.2.3", 0), ("fe80::1%eth0", 0), ("", 0)],
)
def test_addresses_are_told_from_names(host: str, family: int) -> None:
    assert literal_family(host) == family
