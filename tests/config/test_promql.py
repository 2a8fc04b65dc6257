"""SLOs over events that a Prometheus has counted, and whom they ask."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from exporter import units
from exporter.config.files import digest
from exporter.config.load import load
from exporter.config.model import Config, Prometheus, Promql, SloConfig
from exporter.config.objectives import all_members, members, objective_of
from exporter.output.budgets import budgets, lines
from exporter.timeline.exclusion import Category
from exporter.timeline.rule import ALL

LoadText = Callable[..., Config]
Problems = Callable[..., list[str]]

ROOT = "prometheus: {url: http://prometheus.example.com:9090}\n"
SERVICE = "services:\n  - name: orders\n    slos:\n      - objective: 99.5\n"
GOOD, TOTAL = "sum(increase(ok_total[$interval]))", "sum(increase(all_total[$interval]))"


def slo(more: str, root: str = ROOT) -> str:
    """Put keys into the SLO of a service without endpoints, from line 6 on."""
    return root + SERVICE + "".join(f"        {line}\n" for line in more.splitlines())


def over(good: str = GOOD, total: str = TOTAL, more: str = "", root: str = ROOT) -> str:
    """Have the SLO over two queries: `good` is line 8, `total` line 9, and what is more comes after."""
    queries = f"sli:\n  promql:\n    good: {json.dumps(good)}\n    total: {json.dumps(total)}\n"
    return slo(queries + "".join(f"    {line}\n" for line in more.splitlines()), root)


def beside(key: str) -> str:
    """Put a key beside the `sli` of the SLO, into line 10."""
    return over() + f"        {key}\n"


def asked(config: Config) -> SloConfig:
    return config.services[-1].slos[-1]


def promql(config: Config) -> Promql:
    found = asked(config).promql
    assert found is not None
    return found


def test_an_slo_over_promql_counts_events_and_is_over_no_endpoint(load_text: LoadText) -> None:
    config = load_text(over(more="delay: 1m"))
    found = asked(config)
    assert (found.name, found.method, found.endpoints, found.services) == ("availability", "events", (), ())
    assert (found.combine, found.latency, found.unknown) == (ALL, None, "ignore")
    assert found.promql == Promql(
        "sum(increase(ok_total[1m]))", "sum(increase(all_total[1m]))", units.MINUTE, units.MINUTE
    )
    assert config.services[0].endpoints == ()
    assert config.prometheus == Prometheus("http://prometheus.example.com:9090")
    assert config.warnings == ()


def test_what_is_implied_may_be_written(load_text: LoadText) -> None:
    assert asked(load_text(beside("method: events"))).promql
    assert asked(load_text(beside("unknown: ignore"))).promql


def test_its_other_keys_are_those_of_any_slo(load_text: LoadText) -> None:
    more = "name: placed\n        window: 7d\n        exclusions: [maintenance]"
    found = asked(load_text(beside(more)))
    assert (found.name, found.window, found.endpoints) == ("placed", 7 * units.DAY, ())
    assert found.categories == frozenset({Category.MAINTENANCE})


@pytest.mark.parametrize(
    ("step", "length", "text"),
    [
        ("1s", 1_000, "1s"),
        ("1500ms", 1_500, "1500ms"),
        ("90s", 90_000, "1m30s"),
        ("5m", 300_000, "5m"),
        ("1h", 3_600_000, "1h"),
    ],
)
def test_the_interval_is_the_step(load_text: LoadText, step: str, length: int, text: str) -> None:
    found = promql(load_text(over(more=f"step: {step}")))
    assert found.step == length
    assert found.good == f"sum(increase(ok_total[{text}]))"
    assert units.parse_duration(text) == length


@pytest.mark.parametrize("written", ["$interval", "$$interval"])
def test_the_interval_is_no_variable_of_the_environment(load_text: LoadText, written: str) -> None:
    found = promql(load_text(over(GOOD.replace("$interval", written)), interval="7m"))
    assert found.good == "sum(increase(ok_total[1m]))"


def test_an_interval_in_one_query_is_enough(load_text: LoadText) -> None:
    found = promql(load_text(over("sum(increase(ok_total[$interval:5s] offset $interval))", "all_events")))
    assert (found.good, found.step) == ("sum(increase(ok_total[1m:5s] offset 1m))", units.MINUTE)


@pytest.mark.parametrize(
    "query",
    [
        'label_replace(a, "b", "$interval", "c", "(?P<interval>[5m])")',
        "a{b='$interval \\' [5m]'}",
        "a{b=`$interval \\`}",
        "a # $interval [5m]",
        "a[$intervals]",
    ],
)
def test_strings_comments_and_other_names_have_no_interval(load_text: LoadText, query: str) -> None:
    assert promql(load_text(over(query, "b", "step: 2m"))) == Promql(query, "b", 2 * units.MINUTE, 30_000)


@pytest.mark.parametrize(
    ("good", "total", "length"),
    [
        ("increase(a[5m])", "increase(b[5m])", 300_000),
        ("increase(a[1h])", "b", 3_600_000),
        ("increase(a[60s])", "increase(b[1m])", 60_000),
        ("increase(a[1m30s])", "increase(b[ 90s ])", 90_000),
        ("increase(a[300])", "increase(b[5m])", 300_000),
        ("max_over_time(a[5m:10s])", "max_over_time(b[5m:])", 300_000),
        ('increase(a{b="[1m]"}[5m])', "increase(b[5m]) # not [1m]", 300_000),
    ],
)
def test_the_one_range_of_the_queries_is_the_step(
    load_text: LoadText, good: str, total: str, length: int
) -> None:
    config = load_text(over(good, total))
    assert promql(config) == Promql(good, total, length, 30_000)
    assert config.warnings == ()


def test_a_query_may_have_several_lines(load_text: LoadText) -> None:
    text = slo("sli:\n  promql:\n    good: |\n      sum(\n        a[5m]\n      )\n    total: b\n    delay: 0")
    assert promql(load_text(text)) == Promql("sum(\n  a[5m]\n)", "b", 5 * units.MINUTE, 0)


@pytest.mark.parametrize(
    ("good", "total", "more", "warnings"),
    [
        ("increase(a[5m])", "increase(b[5m])", "step: 5m", []),
        (
            "increase(a[5m])",
            "increase(b[30s])",
            "step: 1m",
            [
                "uptime.yml:8: `good` counts over `[5m]`, but a step is 1m: events would be counted more than once; write `[$interval]`",
                "uptime.yml:9: `total` counts over `[30s]`, but a step is 1m: events would be missed; write `[$interval]`",
            ],
        ),
        (
            GOOD,
            "increase(b[5m:1m])",
            "",
            [
                "uptime.yml:9: `total` counts over `[5m]`, but a step is 1m: events would be counted more than once; write `[$interval]`"
            ],
        ),
        ("increase(a[5m * 2])", "b", "step: 1m", []),
    ],
)
def test_a_range_that_is_not_the_step_is_warned_of(
    load_text: LoadText, good: str, total: str, more: str, warnings: list[str]
) -> None:
    assert list(load_text(over(good, total, more)).warnings) == warnings


def missing(number: int, what: str) -> list[str]:
    cure = "write it, such as `step: 1m`, and `[$interval]` for it in the queries"
    return [f"uptime.yml:{number}: `step` is missing, as the queries have {what}; {cure}"]


def refused(key: str) -> list[str]:
    return [f"uptime.yml:10: `{key}`: an SLO over `promql` asks a Prometheus and nobody else; remove it"]


FITS = "must be from 1s to 1h and divide an hour, such as 30s, 1m or 5m"
MISTAKES = {
    "no range": (over("a", "b"), missing(8, "no range")),
    "ranges that differ": (over("a[1m]", "b[5m] + c[1m]"), missing(8, "the ranges `[1m]` and `[5m]`")),
    "a range that is computed": (over("a[5m * 2]", "b"), missing(8, "the range `[5m * 2]`")),
    "a step that is too short": (over(more="step: 999ms"), [f"uptime.yml:10: `step` {FITS}"]),
    "a step that is too long": (over(more="step: 2h"), [f"uptime.yml:10: `step` {FITS}"]),
    "a step that an hour has no whole number of": (over(more="step: 7m"), [f"uptime.yml:10: `step` {FITS}"]),
    "a step without a unit": (
        over(more="step: 60"),
        ["uptime.yml:10: `step`: `60` has no unit; write 60s for seconds"],
    ),
    "a range that is no step": (
        over("a[7m]", "b[7m]"),
        [f"uptime.yml:8: the range `[7m]`, which is the step, {FITS}"],
    ),
    "a range of nothing": (
        over("a[0s]", "b"),
        [f"uptime.yml:8: the range `[0s]`, which is the step, {FITS}"],
    ),
    "a step longer than the window": (
        over(more="step: 1h").replace("        sli:", "        window: 30m\n        sli:"),
        ["uptime.yml:7: `promql`: a step is longer than the window"],
    ),
    "a delay that is too long": (
        over(more="delay: 61m"),
        ["uptime.yml:10: `delay` is longer than 1h, the longest there is"],
    ),
    "a delay that is none": (
        over(more="delay: soon"),
        ["uptime.yml:10: `delay`: `soon` is not a duration; write 250ms, 15s, 5m, 1h30m or 30d"],
    ),
    "empty queries": (
        over("", " "),
        [
            "uptime.yml:8: `good` must be a query, but is empty",
            "uptime.yml:9: `total` must be a query, but is empty",
        ],
    ),
    "queries that are no text": (
        slo("sli:\n  promql:\n    good: [a]\n    total: {b: c}"),
        [
            "uptime.yml:8: `good` must be a single value, not a list",
            "uptime.yml:9: `total` must be a single value, not a map",
        ],
    ),
    "no queries": (
        slo("sli: {promql: {}}"),
        [
            "uptime.yml:6: `good` is missing; write a query for the good events of a step, such as `sum(increase(orders_ok_total[$interval]))`",
            "uptime.yml:6: `total` is missing; write a query for all events of a step, such as `sum(increase(orders_total[$interval]))`",
        ],
    ),
    "an unknown key": (
        over(more="dely: 1m"),
        ["uptime.yml:10: unknown key `dely`; did you mean `delay`?"],
    ),
    "latency beside it": (
        over() + "          latency: {threshold: 1s}\n",
        ["uptime.yml:6: `sli` takes one of `latency` and `promql`; remove one"],
    ),
    "the method time": (
        beside("method: time"),
        [
            "uptime.yml:10: `method`: an SLO over `promql` counts events; write `events` instead of `time`, or remove it"
        ],
    ),
    "slices": (
        beside("method: timeslices") + "        slice_objective: 95\n",
        [
            "uptime.yml:10: `method`: an SLO over `promql` counts events; write `events` instead of `timeslices`, or remove it"
        ],
    ),
    "the length of a slice": (
        beside("slice: 1m"),
        ["uptime.yml:10: `slice` goes with `method: timeslices` only; remove it, or write that"],
    ),
    "endpoints": (beside("endpoints: [web]"), refused("endpoints")),
    "combine": (beside("combine: all"), refused("combine")),
    "services": (beside("services: [orders]"), refused("services")),
    "a policy for unknown time": (
        beside("unknown: down"),
        [
            "uptime.yml:10: `unknown`: an event that did not happen is neither good nor bad; `down` goes with time and timeslices only"
        ],
    ),
    "failures": (
        beside("failures: ignore"),
        ["uptime.yml:10: `failures` is of latency SLOs only; remove it"],
    ),
    "nobody to ask": (
        over(root="site: here\n"),
        [
            "uptime.yml:5: the SLO is over `promql`, but nobody is there to ask; add `prometheus: {url: http://prometheus.example.com:9090}` to the root"
        ],
    ),
    "a service that has another SLO, and no endpoints": (
        over() + "      - {name: up, objective: 99}\n",
        [
            "uptime.yml:3: `endpoints` is missing; a service needs at least one, such as `endpoints: [{url: https://example.com/}]`"
        ],
    ),
    "a member of a composite": (
        over()
        + "  - name: shop\n    endpoints: [{url: https://example.com/}]\n"
        + "    slos:\n      - {objective: 99, services: [shop, orders/availability]}\n",
        [
            "uptime.yml:13: `orders/availability` is over `promql`, which counts events and has no states; name an SLO of another method"
        ],
    ),
    "its service in a composite": (
        over() + "  - name: shop\n    slos:\n      - {objective: 99, services: [orders]}\n",
        ["uptime.yml:12: `orders` has no endpoint that could count, as all are heartbeats or there is none"],
    ),
}


@pytest.mark.parametrize(("text", "told"), [pytest.param(*case, id=name) for name, case in MISTAKES.items()])
def test_a_mistake_prints_its_place_and_its_cure(problems: Problems, text: str, told: list[str]) -> None:
    assert problems(text) == told


def test_a_query_is_shown_and_has_no_secret(problems: Problems) -> None:
    assert problems(over("a[1m]{b='${SECRET}'}"), SECRET="hush-hush") == [
        "uptime.yml:8: `good` is shown to everybody, but what `${NAME}` brings in is kept secret; write it out"
    ]


def test_a_mistake_in_it_brings_no_complaint_about_endpoints(problems: Problems) -> None:
    text = (
        over("")
        + "    endpoints: [{name: job, url: 'heartbeat://job?every=1h&grace=1m', token: hush-hush}]\n"
    )
    assert problems(text) == ["uptime.yml:8: `good` must be a query, but is empty"]


def test_the_alert_guard_of_its_tiers_is_of_steps(load_text: LoadText) -> None:
    config = load_text(over(more="step: 10m"))
    service, found = config.services[0], asked(config)
    objective = objective_of(config, service, found)
    assert (objective.interval, objective.method, objective.slice) == (10 * units.MINUTE, "events", 0)
    assert members(service, found) == ()
    assert list(all_members(config, service, found)) == []


def test_check_says_how_long_a_step_is(load_text: LoadText) -> None:
    checked = budgets(load_text(over()))
    assert [(each["step_seconds"], each["endpoints"]) for each in checked["slos"]] == [(60.0, [])]
    assert list(lines(checked))[:5] == [
        "1 service, 0 endpoints, 1 SLO; no problems",
        "",
        "orders/availability: 99.5 % over 30d allows bad events worth 3h 36m",
        "  counted by Prometheus, in steps of 1m",
        "  tier    severity  windows  burn rate  bad steps  full outage  10 % outage     clears",
    ]
    assert list(lines(checked))[5].startswith(
        "  fast    page      1h/5m         14.4          5       6m 30s"
    )


def test_it_may_stand_beside_endpoints_which_it_does_not_ask_about(load_text: LoadText) -> None:
    config = load_text(
        over(more="step: 1m")
        + "      - {name: up, objective: 99}\n    endpoints: [{url: https://example.com/}]\n"
    )
    counted, up = config.services[0].slos
    assert members(config.services[0], counted) == ()
    assert [each.name for each in members(config.services[0], up)] == ["example.com"]


def test_a_template_of_discovery_may_be_over_promql(load_text: LoadText) -> None:
    template = f"{{objective: 99, sli: {{promql: {{good: '{GOOD}', total: '{TOTAL}'}}}}}}"
    config = load_text(f"{ROOT}discovery: {{slos: {{gold: {template}}}}}\n")
    assert (config.warnings, config.services) == ((), ())


# The section `prometheus`.


def server(text: str) -> str:
    return over(root=f"prometheus: {text}\n")


def test_a_prometheus_that_nobody_asks_is_warned_of(load_text: LoadText) -> None:
    config = load_text(ROOT + "services: [{name: a, endpoints: [{url: https://example.com/}]}]\n")
    assert config.warnings == ("uptime.yml:1: no SLO is over `promql`, so that `prometheus` is never asked",)
    assert config.prometheus is not None


def test_without_the_section_there_is_none(load_text: LoadText) -> None:
    config = load_text("services: [{name: a, endpoints: [{url: https://example.com/}]}]\n")
    assert config.prometheus is None


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("http://h:9090/", "http://h:9090"),
        ("https://h/prefix//", "https://h/prefix"),
        ("http://[2001:db8::1]:9090", "http://[2001:db8::1]:9090"),
    ],
)
def test_the_slash_at_the_end_of_its_url_is_left_out(load_text: LoadText, written: str, url: str) -> None:
    assert load_text(server(f"{{url: '{written}'}}")).prometheus == Prometheus(url)


@pytest.mark.parametrize(
    ("keys", "headers"),
    [
        ("token: '${TOKEN}'", (("Authorization", "Bearer hunter2"),)),
        ("token_file: token.txt", (("Authorization", "Bearer from-a-file"),)),
        (
            "basic_auth: {username: me, password: swordfish}",
            (("Authorization", "Basic bWU6c3dvcmRmaXNo"),),
        ),
        (
            "basic_auth: {username: me, password_file: token.txt}",
            (("Authorization", "Basic bWU6ZnJvbS1hLWZpbGU="),),
        ),
        ("headers: {Authorization: Bearer swordfish}", (("Authorization", "Bearer swordfish"),)),
        (
            "headers: {X-Key_file: token.txt, X-Scope-OrgID: shop}, token: hunter2",
            (("X-Key", "from-a-file"), ("X-Scope-OrgID", "shop"), ("Authorization", "Bearer hunter2")),
        ),
    ],
)
def test_who_asks_is_in_its_headers_and_is_never_shown(
    load_text: LoadText, tmp_path: Path, keys: str, headers: tuple[tuple[str, str], ...]
) -> None:
    (tmp_path / "token.txt").write_text("from-a-file\n")
    config = load_text(server(f"{{url: http://h, {keys}}}"), TOKEN="hunter2")
    assert config.prometheus == Prometheus("http://h", headers)
    said = config.secrets.redact(" ".join(value for _, value in headers))
    secrets = ("hunter2", "from-a-file", "swordfish", "bWU6")
    assert not [each for each in secrets if each in repr(config) + repr(config.prometheus) + said]


def test_what_its_secret_file_says_is_watched(load_text: LoadText, tmp_path: Path) -> None:
    (tmp_path / "token.txt").write_text("from-a-file\n")
    config = load_text(server("{url: http://h, token_file: token.txt}"))
    assert config.beside == {"token.txt": digest(b"from-a-file\n")}


def test_a_part_of_its_url_may_be_secret(load_text: LoadText) -> None:
    config = load_text(server("{url: 'http://h/${PART}/'}"), PART="hidden-path")
    assert config.prometheus is not None
    assert config.prometheus.url == "http://h/hidden-path"
    assert "hidden-path" not in repr(config)
    assert "hidden-path" not in config.secrets.redact(config.prometheus.url)


def test_its_certificates_lie_beside_its_file_and_its_keys_may_be_of_several(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    (tmp_path / "a" / "ca.pem").write_text("certificates")
    (tmp_path / "b" / "token.txt").write_text("from-a-file")
    (tmp_path / "a" / "uptime.yml").write_text(over(root="prometheus: {url: http://h, ca_file: ca.pem}\n"))
    (tmp_path / "b" / "uptime.yml").write_text("prometheus: {token_file: token.txt, timeout: 5s}\n")
    config = load([str(tmp_path / "*" / "uptime.yml")], {})
    headers = (("Authorization", "Bearer from-a-file"),)
    assert config.prometheus == Prometheus("http://h", headers, str(tmp_path / "a" / "ca.pem"), 5_000)


NO_SERVER = {
    "no URL": (
        "{timeout: 5s}",
        "`url` is missing; write where its API is, such as `url: http://prometheus.example.com:9090`",
    ),
    "no scheme": ("{url: prometheus.example.com}", "`url` has no scheme; write https:// before it"),
    "another scheme": ("{url: tcp://h:9090}", "`url`: a Prometheus is asked by http or https"),
    "a port that does not exist": (
        "{url: http://h:99999}",
        "`url`: the URL has no valid port: '99999' (1 to 65535)",
    ),
    "credentials in its URL": (
        "{url: http://me:swordfish@h}",
        "`url`: it must not have credentials; write `basic_auth: {username: ..., password: ...}`, or `token`",
    ),
    "credentials that end the host": (
        "{url: http://me:sword/fish@h}",
        "`url`: it has an @ behind the host; percent-encode credentials",
    ),
    "a query": ("{url: 'http://h/?a=b'}", "`url`: it must not have a query or a fragment"),
    "a fragment": ("{url: 'http://h/#a'}", "`url`: it must not have a query or a fragment"),
    "the path of its API": ("{url: http://h/api/v1/}", "`url`: it is the root of the API; leave /api/v1 out"),
    "two identities": (
        "{url: http://h, token: swordfish, basic_auth: {username: me, password: swordfish}}",
        "`basic_auth` and `token` are both given; keep one of them",
    ),
    "an identity and a header that says it too": (
        "{url: http://h, token: swordfish, headers: {authorization: Bearer swordfish}}",
        "a header Authorization and `token` are both given; keep one of them",
    ),
    "a secret that is not there": (
        "{url: http://h, token_file: a.txt}",
        "`token_file`: a.txt cannot be read: No such file or directory",
    ),
    "certificates that are not there": (
        "{url: http://h, ca_file: ca.pem}",
        "`ca_file`: there is no file ca.pem",
    ),
    "a header that is no name": (
        "{url: http://h, headers: {a b: c}}",
        "`headers` is not a header name: 'a b'",
    ),
    "a header that is ours": (
        "{url: http://h, headers: {Connection: close}}",
        "`headers`: Connection is set by the prober and cannot be given",
    ),
    "a user with a colon": (
        "{url: http://h, basic_auth: {username: 'a:b'}}",
        "`basic_auth`: `username` may not have a colon",
    ),
    "no time": ("{url: http://h, timeout: 0s}", "`timeout` must be longer than 0"),
    "an unknown key": ("{url: http://h, tokn: a}", "unknown key `tokn`; did you mean `token`?"),
    "a type": (
        "{url: http://h, type: http}",
        "unknown key `type`; known here: basic_auth, ca_file, headers, timeout, token, url",
    ),
    "a list": ("[http://h]", "`prometheus` must be a map (`key: value`), not a list"),
}


@pytest.mark.parametrize(("keys", "told"), [pytest.param(*case, id=name) for name, case in NO_SERVER.items()])
def test_a_mistake_in_the_section_is_told_once_and_shows_no_secret(
    problems: Problems, keys: str, told: str
) -> None:
    assert problems(server(keys)) == [f"uptime.yml:1: {told}"]


@pytest.mark.parametrize(
    "keys",
    [
        "url: '${SECRET}'",
        "url: 'http://${SECRET}:99999'",
        "url: 'http://me:${SECRET}@h'",
        'url: http://h, token: "${SECRET}\\n"',
        "url: http://h, basic_auth: {username: 'a:${SECRET}'}",
        'url: http://h, headers: {X-Key: "${SECRET}\\n"}',
        "url: http://h, ca_file: '${SECRET}'",
        "url: http://h, timeout: '${SECRET}'",
    ],
)
def test_no_message_shows_what_the_environment_brought_in(problems: Problems, keys: str) -> None:
    said = "\n".join(problems(server(f"{{{keys}}}"), SECRET="hunter2"))
    assert "uptime.yml:1: " in said
    assert "hunter2" not in said
