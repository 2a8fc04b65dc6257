"""What `--web.config.file` may say, and how its mistakes are told."""

import re
from pathlib import Path

import pytest

from exporter.errors import ConfigError
from exporter.web.load import load
from exporter.web.readings import Readings
from exporter.web.settings import WebSettings
from tests.support.secured import HASH, TLS, USERS, WebFolder


def settings(folder: WebFolder, text: str) -> WebSettings:
    return load(folder.write(text), Readings()).settings


def problems(folder: WebFolder, text: str) -> list[str]:
    with pytest.raises(ConfigError) as told:
        load(folder.write(text), Readings())
    assert told.value.exit_status == 2
    return [f"{problem.line}: {problem.message}" for problem in told.value.problems]


def warnings(folder: WebFolder, text: str) -> list[str]:
    return [
        warning.removeprefix(f"{folder.file}:") for warning in load(folder.write(text), Readings()).warnings
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing\n",
        "basic_auth_users:\n",
        "rate_limit: {interval: 0, burst: 0}\n",
        "tls_server_config:\nhttp_server_config:\n  headers:\nrate_limit:\n",
        "tls_server_config: {cert_file: '', client_auth_type: ''}\n",
        "http_server_config: {http2: true}\n",
    ],
)
def test_what_asks_for_nothing_is_taken_as_the_exporters_do(folder: WebFolder, text: str) -> None:
    found = load(folder.write(text), Readings())
    assert (found.settings, found.tls) == (WebSettings(), None)


def test_everything_at_once(folder: WebFolder) -> None:
    found = load(
        folder.write(
            "tls_server_config:\n"
            "  cert_file: server.pem\n"
            f"  key_file: {folder.path}/server.key\n"
            "  client_auth_type: RequireAndVerifyClientCert\n"
            "  client_ca_file: ca.pem\n"
            "  client_allowed_sans: [scraper.example.com]\n"
            "  min_version: TLS12\n"
            "  max_version: TLS13\n"
            "  cipher_suites:\n"
            "    - TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\n"
            "    - TLS_AES_128_GCM_SHA256\n"
            "  prefer_server_cipher_suites: yes\n"
            "  curve_preferences: [CurveP256, X25519]\n"
            "http_server_config:\n"
            "  http2: false\n"
            "  headers:\n"
            "    Content-Security-Policy: default-src 'self'\n"
            "    X-Frame-Options: deny\n"
            "    X-Content-Type-Options: nosniff\n"
            "    X-XSS-Protection: 1\n"
            "    Strict-Transport-Security: max-age=31536000; includeSubDomains\n"
            "basic_auth_users:\n"
            f"  mara: {HASH}\n"
            "rate_limit: {interval: 1m30s, burst: 10}\n"
        ),
        Readings(),
    )
    assert found.tls is not None
    assert found.warnings == ()
    assert found.settings.basic_auth_users == {"mara": HASH.encode()}
    assert found.settings.rate_limit.interval == 90 * 10**9
    assert found.settings.rate_limit.burst == 10
    assert found.settings.http_server_config.headers["X-XSS-Protection"] == "1"


def test_paths_are_relative_to_the_folder_of_the_file(
    folder: WebFolder, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert load(folder.write(TLS), Readings()).tls is not None


def test_every_mistake_is_told_with_its_line(folder: WebFolder) -> None:
    assert problems(
        folder,
        "tls_server_config:\n"
        "  cert_fle: server.pem\n"
        "  min_version: TLS1.2\n"
        "  cipher_suites:\n"
        "    - TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA2048\n"
        "  curve_preferences: [CurveP257]\n"
        "  client_auth_type: RequireAndVerify\n"
        "  prefer_server_cipher_suites: perhaps\n"
        "http_server_config: {http2: [yes]}\n"
        "rate_limit:\n"
        "  interval: 1d\n"
        "  burst: -1\n"
        "basic_auth_users:\n"
        "  john: doe\n"
        "basic_auth: {}\n",
    ) == [
        "2: unknown key `cert_fle`; did you mean `cert_file`?",
        "3: `min_version`: there is no version `TLS1.2`; did you mean `TLS12`?",
        (
            "5: `cipher_suites`: there is no cipher suite `TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA2048`;"
            " did you mean `TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256`?"
        ),
        "6: `curve_preferences`: there is no curve `CurveP257`; did you mean `CurveP256`?",
        (
            "7: `client_auth_type`: there is no client_auth_type `RequireAndVerify`;"
            " did you mean `RequireAndVerifyClientCert`?"
        ),
        "8: `prefer_server_cipher_suites` must be true or false, not `perhaps`",
        "9: `http2` must be a single value, not a list",
        "11: `interval`: `1d` is not a duration of this format; write 100ms, 1s or 1m30s",
        "12: `burst` must be a whole number from 0, not `-1`",
        "14: `john` is given no bcrypt hash; make one with `htpasswd -nBC 10 USER`",
        "15: unknown key `basic_auth`; did you mean `basic_auth_users`?",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tls_server_config: {cert_file: server.pem}\n", "1: one of `key` and `key_file` is missing"),
        ("tls_server_config: {key_file: server.key}\n", "1: one of `cert` and `cert_file` is missing"),
        (
            TLS.replace("}", ", client_ca_file: ca.pem}"),
            "1: `client_ca_file` needs a `client_auth_type`; write RequireAndVerifyClientCert",
        ),
        (
            TLS.replace("}", ", min_version: TLS13, max_version: TLS12}"),
            "1: `min_version` is above `max_version`",
        ),
        (
            "http_server_config:\n  headers:\n    Server: foo\n",
            (
                "3: the header `Server` cannot be set; there are Content-Security-Policy,"
                " Strict-Transport-Security, X-Content-Type-Options, X-Frame-Options, X-XSS-Protection"
            ),
        ),
        (
            "http_server_config:\n  headers:\n    X-XSS-Protection: [1]\n",
            "3: `X-XSS-Protection` must be a single value, not a list",
        ),
        (
            "http_server_config:\n  headers:\n    X-Frame-Options: foo\n",
            "3: `X-Frame-Options` must be deny or sameorigin, not `foo`",
        ),
        (
            'http_server_config:\n  headers:\n    X-XSS-Protection: "1\\nSet-Cookie: a=b"\n',
            "3: `X-XSS-Protection` must be one line of printable text",
        ),
        ("basic_auth_users:\n  mara:\n", "2: `mara` is given no bcrypt hash"),
        (
            f"basic_auth_users:\n  mara: {HASH}\n  mara: {HASH}\n",
            "3: `mara` is given twice, first in line 2; remove one",
        ),
        ("basic_auth_users: mara\n", "1: `basic_auth_users` must be a map (`key: value`), not text"),
        (
            "junk\n",
            "1: must be a map of sections such as `basic_auth_users:`, and is something else",
        ),
    ],
)
def test_a_mistake_is_a_line_that_says_what_to_do(folder: WebFolder, text: str, said: str) -> None:
    assert problems(folder, text) == [said]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"web\.yml: cannot be read: No such file or directory; it is the"):
        load(str(tmp_path / "web.yml"), Readings())


def test_a_file_that_is_no_text_is_told_with_its_line(folder: WebFolder) -> None:
    folder.file.write_bytes(b"\xef\xbb\xbfrate_limit: {}\n\xff\n")
    with pytest.raises(ConfigError, match=r"web\.yml:2: is not UTF-8"):
        load(str(folder.file), Readings())


@pytest.mark.parametrize(
    "hashed", [HASH[:-1], HASH + "x", "$1$abc", "my-Password", "$2b$03" + HASH[6:], "$2b$32" + HASH[6:]]
)
def test_what_is_no_hash_is_told_and_never_shown(folder: WebFolder, hashed: str) -> None:
    said = problems(folder, f"basic_auth_users: {{mara: '{hashed}'}}\nx: y\n")
    assert len(said) == 2
    assert hashed not in str(said)


@pytest.mark.parametrize("version", ["2a", "2b", "2y"])
def test_hashes_of_every_tool_are_taken(folder: WebFolder, version: str) -> None:
    hashed = f"${version}{HASH[3:]}"
    assert (
        settings(folder, f"basic_auth_users: {{mara: {hashed}}}\n").basic_auth_users["mara"]
        == hashed.encode()
    )


def test_bits_of_a_salt_that_mean_nothing_are_passed_over(folder: WebFolder) -> None:
    """Other bcrypt libraries take them, ours does not."""
    alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    odd = f"{HASH[:28]}{alphabet[alphabet.index(HASH[28]) + 1]}{HASH[29:]}"
    assert settings(folder, f"basic_auth_users: {{mara: {odd}}}\n").basic_auth_users["mara"] == HASH.encode()


def test_nothing_secret_is_in_what_is_shown_of_it(folder: WebFolder) -> None:
    key = (folder.path / "server.key").read_text()
    inline = "".join(f"    {line}\n" for line in key.splitlines())
    found = load(
        folder.write(f"tls_server_config:\n  cert_file: server.pem\n  key: |\n{inline}{USERS}"), Readings()
    )
    assert HASH not in repr(found)
    assert key.splitlines()[1] not in repr(found)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("basic_auth_users:\n", "1: `basic_auth_users` names nobody: everybody is let in"),
        (
            f"basic_auth_users: {{mara: {HASH.replace('$04$', '$15$')}}}\n",
            "1: the hash of `mara` has cost 15: each first login takes seconds of a core; 10 to 12 will do",
        ),
        (
            "rate_limit: {interval: 1s}\n",
            "1: `rate_limit` without a `burst` of at least 1 refuses every request",
        ),
        (
            "tls_server_config: {min_version: TLS13}\n",
            "1: `tls_server_config` has no `cert_file`: served without TLS, as the exporters do",
        ),
        (TLS.replace("}", ", key: junk}"), "1: `key` is not used, because there is a `key_file`"),
        (
            TLS.replace("}", ", client_auth_type: VerifyClientCertIfGiven}"),
            "1: VerifyClientCertIfGiven without `client_ca_file` trusts every authority that this machine trusts",
        ),
        (
            TLS.replace("}", ", client_allowed_sans: [a]}"),
            "1: `client_allowed_sans` does nothing without a `client_auth_type`",
        ),
    ],
)
def test_what_is_likely_a_mistake_but_works_with_the_exporters_is_a_warning(
    folder: WebFolder, text: str, said: str
) -> None:
    assert warnings(folder, text) == [said]


def test_a_change_is_noticed_whatever_the_times_say(folder: WebFolder) -> None:
    readings = Readings()
    load(folder.write(TLS), readings)
    assert not readings.changed()
    text = folder.file.read_text()
    folder.file.write_text(re.sub("server.key", "server.kex", text))
    assert readings.changed()
    folder.file.write_text(text)
    assert not readings.changed()
    (folder.path / "server.key").unlink()
    assert readings.changed()
