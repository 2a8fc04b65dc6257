"""Every kind of mistake, once, with the line that it prints."""

from collections.abc import Callable

import pytest

from tests.support.mistakes import SERVICE, endpoint, probe, service, slo

Problems = Callable[..., list[str]]

YAML = {
    "an empty file": (
        "",
        ["uptime.yml: is empty; `uptime-slo-exporter init URL` writes a file that works"],
    ),
    "nothing but comments": (
        "# later\n---\n",
        ["uptime.yml: is empty; `uptime-slo-exporter init URL` writes a file that works"],
    ),
    "a list": (
        "- services\n",
        ["uptime.yml:1: must be a map of sections such as `services:`, and is something else"],
    ),
    "a text": (
        "services\n",
        ["uptime.yml:1: must be a map of sections such as `services:`, and is something else"],
    ),
    "a bracket that is not closed": (
        "services: [\n",
        [
            (
                "uptime.yml:2: is not valid YAML: did not find expected node content"
                " while parsing a flow node that starts in line 2"
            )
        ],
    ),
    "a tab": (
        "services:\n\t- name: shop\n",
        ["uptime.yml:2: is indented with a tab, which YAML does not allow; use spaces"],
    ),
    "a control character": (
        "services:\n  - name: a\x01b\n",
        ["uptime.yml:2: has a control character, which YAML does not allow; remove it"],
    ),
    "two documents": (
        SERVICE + "---\n" + SERVICE,
        ["uptime.yml:5: a second document (`---`) starts here; put it into a file of its own"],
    ),
    "a doubled key": (
        service("    name: shop\n"),
        ["uptime.yml:5: `name` is given twice, first in line 2; remove one"],
    ),
    "a merge key": (
        service("    <<: {owner: me}\n"),
        ["uptime.yml:5: merge keys (`<<`) are not supported; use `defaults`, or keys of the service"],
    ),
    "a tag": (
        service("    title: !!str 5\n"),
        ["uptime.yml:5: tags such as `!!str` are not supported; remove it"],
    ),
    "a tag on a map": (
        service("    labels: !mine {}\n"),
        ["uptime.yml:5: tags such as `!mine` are not supported; remove it"],
    ),
    "a key that is a list": (
        "? [a]\n: b\n",
        ["uptime.yml:1: a key must be text; quote it if it starts with [ or {"],
    ),
    "an alias to nothing": (
        service("    title: *nobody\n"),
        ["uptime.yml:5: `*nobody` refers to nothing; an anchor `&nobody` must come before it"],
    ),
    "an alias as key": (
        "site: &a b\n*a : c\n",
        ["uptime.yml:2: `*a` cannot be a key; write the key out"],
    ),
    "an alias within itself": (
        "services: &all\n  - *all\n",
        ["uptime.yml:2: `*all` lies within itself; that has no end"],
    ),
    "a key without a value": (
        service("    slos:\n"),
        ["uptime.yml:5: `slos` has no value; give it one or remove the key"],
    ),
    "an empty required key": (
        "services:\n",
        ["uptime.yml:1: `services` has no value; give it one or remove the key"],
    ),
    "an empty list item": (
        SERVICE + "  -\n",
        ["uptime.yml:5: a list item is empty; give it a value or remove it"],
    ),
    "an undefined variable": (
        service("    title: ${NOBODY}\n"),
        [
            "uptime.yml:5: `${NOBODY}` is not set in the environment; set it, or write `$${NOBODY}` for the text",
            "uptime.yml:5: `title` is shown to everybody, but what `${NAME}` brings in is kept secret; write it out",
        ],
    ),
    "a variable without an end": (
        probe("body: ${NOBODY"),
        ["uptime.yml:9: `${` needs a name and `}`, as in ${TOKEN}; write `$$` for a dollar sign"],
    ),
}

SHAPES = {
    "no services": (
        "site: fra1\n",
        ["uptime.yml:1: `services` is missing; name at least one service with its endpoints"],
    ),
    "an empty list of services": (
        "services: []\n",
        ["uptime.yml:1: `services` is empty; name at least one service with its endpoints"],
    ),
    "services as a map": (
        "services: {shop: {}}\n",
        ["uptime.yml:1: `services` must be a list (`- ...`), not a map"],
    ),
    "a service that is text": (
        SERVICE + "  - website\n",
        ["uptime.yml:5: a service must be a map, such as {name: shop, endpoints: [...]}"],
    ),
    "a service without endpoints": (
        "services:\n  - name: shop\n",
        [
            (
                "uptime.yml:2: `endpoints` is missing; a service needs at least one,"
                " such as `endpoints: [{url: https://example.com/}]`"
            )
        ],
    ),
    "a service with an empty list of endpoints": (
        "services:\n  - name: shop\n    endpoints: []\n",
        ["uptime.yml:3: `endpoints` is empty; a service needs at least one"],
    ),
    "a service without a name": (
        "services:\n  - endpoints: [{url: https://example.com/}]\n",
        ["uptime.yml:2: `name` is missing"],
    ),
    "an endpoint that is text": (
        "services:\n  - name: shop\n    endpoints: [https://example.com/]\n",
        ["uptime.yml:3: an endpoint must be a map, such as {url: https://example.com/}"],
    ),
    "an endpoint without a URL": (
        "services:\n  - name: shop\n    endpoints:\n      - name: web\n",
        ["uptime.yml:4: `url` is missing; write what to probe, such as `url: https://example.com/`"],
    ),
    "an SLO that is a number": (
        service("    slos: [99.9]\n"),
        ["uptime.yml:5: an SLO must be a map, such as {objective: 99.9}"],
    ),
    "an SLO without an objective": (
        slo("name: a"),
        ["uptime.yml:6: `objective` is missing; write per cent, such as `objective: 99.9`"],
    ),
    "a map where a text belongs": (
        service("    title: {de: Laden}\n"),
        ["uptime.yml:5: `title` must be a single value, not a map"],
    ),
    "a text where a map belongs": (
        service("    labels: blue\n"),
        ["uptime.yml:5: `labels` must be a map (`key: value`), not text"],
    ),
    "an unknown key": (
        service("    ownr: me\n"),
        ["uptime.yml:5: unknown key `ownr`; did you mean `owner`?"],
    ),
    "an unknown key that is like no other": (
        service("alerting: {frobnicate: 1}\n"),
        [
            "uptime.yml:5: unknown key `frobnicate`; known here: dashboard, evaluation_interval, group_wait, labels, min_bad, name, runbook, scrape_interval, severities, tiers"
        ],
    ),
    "an unknown section": (
        service("service: []\n"),
        ["uptime.yml:5: unknown key `service`; did you mean `services`?"],
    ),
    "an unknown default": (
        service("defaults: {Interval: 15s}\n"),
        ["uptime.yml:5: unknown key `Interval`; did you mean `interval`?"],
    ),
}

VALUES = {
    "a duration without a unit": (
        endpoint("interval: 15"),
        ["uptime.yml:5: `interval`: `15` has no unit; write 15s for seconds"],
    ),
    "a duration that is none": (
        endpoint("timeout: soon"),
        ["uptime.yml:5: `timeout`: `soon` is not a duration; write 250ms, 15s, 5m, 1h30m or 30d"],
    ),
    "a duration of nothing": (
        endpoint("timeout: 0s"),
        ["uptime.yml:5: `timeout` must be longer than 0"],
    ),
    "a count of zero": (
        endpoint("down_after: 0"),
        ["uptime.yml:5: `down_after` must be a whole number from 1, not `0`"],
    ),
    "a ratio for an objective": (
        slo("objective: 0.999"),
        [
            "uptime.yml:6: `objective`: `0.999` looks like a ratio; objectives are per cent: did you mean 99.9?"
        ],
    ),
    "an objective of 100": (
        slo("objective: 100"),
        ["uptime.yml:6: `objective`: `100` is not between 0 and 100 per cent, both excluded"],
    ),
    "a window longer than the history": (
        slo("objective: 99\nwindow: 1y40d"),
        ["uptime.yml:7: `window` is longer than 399d; history is kept for 400d"],
    ),
    "a default window longer than the history": (
        service("defaults: {window: 400d}\n"),
        ["uptime.yml:5: `window` is longer than 399d; history is kept for 400d"],
    ),
    "a policy for unknown time that does not exist": (
        slo("objective: 99\nunknown: maybe"),
        ["uptime.yml:7: `unknown` must be ignore, down or up, not `maybe`"],
    ),
    "a method that does not exist": (
        slo("objective: 99\nmethod: tim"),
        ["uptime.yml:7: `method` must be time, events or timeslices, not `tim`; did you mean `time`?"],
    ),
    "a name with a space": (
        "services:\n  - name: my shop\n    endpoints: [{url: https://example.com/}]\n",
        [
            "uptime.yml:2: `name` may have only letters, digits, `_`, `.` and `-`, but is `my shop`; write `my-shop`"
        ],
    ),
    "a label that is no label": (
        service("    labels: {my-label: a}\n"),
        ["uptime.yml:5: label `my-label` is not a label name; use letters, digits and `_`"],
    ),
    "a label of Prometheus": (
        endpoint("labels: {__name__: a}"),
        [
            "uptime.yml:5: label `__name__` starts with `__`, which Prometheus keeps for itself; choose another name"
        ],
    ),
    "a label that the metric has": (
        slo("objective: 99\nlabels: {slo: a}"),
        ["uptime.yml:7: label `slo` is one that the info metrics have already; choose another name"],
    ),
    "a label that is a list": (
        service("    labels: {a: [b]}\n"),
        ["uptime.yml:5: label `a` must have a single value"],
    ),
    "a URL without a scheme": (
        "services:\n  - name: shop\n    endpoints: [{url: example.com/a}]\n",
        ["uptime.yml:3: `url` has no scheme; write https:// before it"],
    ),
    "a place without a scheme": (
        "services:\n  - name: shop\n    endpoints: [{url: 'localhost:80'}]\n",
        ["uptime.yml:3: `url` has no scheme; write https://host/path or tcp://host:port"],
    ),
    "a URL with a space": (
        "services:\n  - name: shop\n    endpoints: [{url: https://example.com/a b}]\n",
        ["uptime.yml:3: `url` must not have spaces; write %20"],
    ),
    "a scheme that does not exist": (
        "services:\n  - name: shop\n    endpoints: [{url: htps://example.com}]\n",
        ["uptime.yml:3: URLs with `htps://` cannot be probed; did you mean `https`?"],
    ),
    "a URL that its probe cannot use": (
        "services:\n  - name: shop\n    endpoints: [{url: tcp://example.com}]\n",
        ["uptime.yml:3: `url`: the URL of a tcp probe is tcp://host:port"],
    ),
    "an alerting count": (
        service("alerting: {min_bad: -1}\n"),
        ["uptime.yml:5: `min_bad` must be a whole number from 1, not `-1`"],
    ),
}

PROBES = {
    "a probe that is text": (
        service("probes: {p: http}\n"),
        ["uptime.yml:5: `p` must be a map (`key: value`), not text"],
    ),
    "a probe without a type": (
        service("probes: {p: {method: GET}}\n"),
        ["uptime.yml:5: `type` is missing; write the type of `p`, such as `type: http`"],
    ),
    "a type that does not exist": (
        service("probes: {p: {type: htpp}}\n"),
        ["uptime.yml:5: `type`: `htpp` cannot be probed; did you mean `http`?"],
    ),
    "an unknown setting": (
        probe("methd: GET"),
        ["uptime.yml:9: unknown key `methd`; did you mean `method`?"],
    ),
    "an unknown nested setting": (
        probe("expect:\n  body_match: [a]"),
        ["uptime.yml:10: unknown key `body_match`; did you mean `body_matches`?"],
    ),
    "a setting that must be true or false": (
        probe("follow_redirects: perhaps"),
        ["uptime.yml:9: `follow_redirects` must be true or false, not `perhaps`"],
    ),
    "a setting with few values": (
        probe("ip_family: 5"),
        ["uptime.yml:9: `ip_family` must be any, 4 or 6, not `5`"],
    ),
    "a setting with few values that is a list": (
        probe("ip_family: [4, 6]"),
        ["uptime.yml:9: `ip_family` must be any, 4 or 6, not a list"],
    ),
    "an empty list of statuses": (
        probe("expect: {status: []}"),
        ["uptime.yml:9: `status` is empty; name at least one"],
    ),
    "a text where settings belong": (
        probe("expect: ok"),
        ["uptime.yml:9: `expect` must be a map (`key: value`), not text"],
    ),
    "a file that is not there": (
        probe("tls: {ca_file: nowhere.pem}"),
        ["uptime.yml:9: `ca_file`: there is no file nowhere.pem"],
    ),
    "a secret file that is not there": (
        probe("headers: {Authorization_file: nowhere}"),
        ["uptime.yml:9: `Authorization_file`: nowhere cannot be read: No such file or directory"],
    ),
    "a secret file that the type does not take": (
        probe("body: a\ntoken_file: uptime.yml"),
        [
            "uptime.yml:10: `token_file`: uptime.yml has several lines; a secret is one line",
        ],
    ),
    "a probe that is not defined": (
        endpoint("probe: apo") + "probes: {api: {type: http}}\n",
        ["uptime.yml:5: `probe`: there is no probe `apo`; did you mean `api`?"],
    ),
    "a probe where none is defined": (
        endpoint("probe: api"),
        ["uptime.yml:5: `probe`: there is no probe `api`; define it under `probes`"],
    ),
    "a probe of another type than the URL": (
        endpoint("probe: db") + "probes: {db: {type: tcp}}\n",
        ["uptime.yml:5: `probe`: `db` is of type tcp, which does not probe https:// URLs"],
    ),
}

TOGETHER = {
    "an interval that no beat can be kept at": (
        endpoint("interval: 99ms"),
        ["uptime.yml:5: `interval` is shorter than 100ms, the shortest that beats can be kept at"],
    ),
    "a staleness shorter than the interval": (
        endpoint("interval: 1m\nstaleness: 30s"),
        [
            (
                "uptime.yml:6: `staleness` 30s is shorter than the interval 1m:"
                " the state would be unknown between probes"
            )
        ],
    ),
    "a retry longer than the interval": (
        endpoint("retry_interval: 16s"),
        ["uptime.yml:5: `retry_interval` 16s is longer than the interval 15s; make it at most that"],
    ),
    "a default that does not fit an endpoint": (
        "defaults: {staleness: 40s}\n" + endpoint("interval: 1m"),
        [
            (
                "uptime.yml:1: `staleness` 40s is shorter than the interval 1m:"
                " the state would be unknown between probes"
            )
        ],
    ),
    "two services of one name": (
        SERVICE + SERVICE.partition("\n")[2],
        [
            "uptime.yml:5: another service is called `shop` too, in uptime.yml:2; give this one a `name` of its own"
        ],
    ),
    "two services of one id": (
        SERVICE + "  - name: store\n    id: shop\n    endpoints: [{url: https://example.com/}]\n",
        [
            "uptime.yml:6: another service has the id `shop` too, in uptime.yml:2; give this one an `id` of its own"
        ],
    ),
    "two endpoints without names": (
        SERVICE + "      - url: https://example.com/?page=2\n",
        [
            (
                "uptime.yml:5: another endpoint of `shop` is called `example.com` too, in uptime.yml:4;"
                " give this one a `name` of its own"
            )
        ],
    ),
    "two SLOs without names": (
        service("    slos: [{objective: 99}, {objective: 99.9}]\n"),
        [
            (
                "uptime.yml:5: another SLO of `shop` is called `availability` too, in uptime.yml:5;"
                " give this one a `name` of its own"
            )
        ],
    ),
    "an SLO over an endpoint that is not there": (
        slo("objective: 99\nendpoints: [exampel.com]"),
        ["uptime.yml:7: `shop` has no endpoint `exampel.com`; did you mean `example.com`?"],
    ),
    "an SLO over an endpoint unlike any": (
        slo("objective: 99\nendpoints: [web]"),
        [
            (
                "uptime.yml:7: `shop` has no endpoint `web`; it has example.com; "
                "one that it had goes under `removed` of the service"
            )
        ],
    ),
    "an SLO that names an endpoint twice": (
        slo("objective: 99\nendpoints: [example.com, example.com]"),
        ["uptime.yml:7: `example.com` is named twice; remove one"],
    ),
    "an SLO over no endpoint": (
        slo("objective: 99\nendpoints: []"),
        ["uptime.yml:7: `endpoints` is empty; name those that count, or remove it for all"],
    ),
    "an SLO over a map": (
        slo("objective: 99\nendpoints: [{url: a}]"),
        ["uptime.yml:7: `endpoints` of an SLO are names of the service's endpoints"],
    ),
}

ALERTING = {
    "a tier that there is not": (
        service("alerting: {tiers: [fasst, slow, slow, [a]]}\n"),
        sorted(
            [
                "uptime.yml:5: `tiers`: there is no tier `fasst`; did you mean `fast`?",
                "uptime.yml:5: `slow` is named twice; remove one",
                "uptime.yml:5: `tiers` are names such as `fast`, not a list",
            ]
        ),
    ),
    "a severity that there is not": (
        service("alerting: {severities: {pages: a, ticket: '', page: '{{ x }}'}}\n"),
        sorted(
            [
                "uptime.yml:5: `severities`: there is no severity `pages`; did you mean `page`?",
                "uptime.yml:5: `severities`: `ticket` is empty",
                "uptime.yml:5: `severities`: `page` must not have `{{`, which Prometheus takes for a template",
            ]
        ),
    ),
    "a link with an unknown part": (
        service("alerting: {runbook: 'https://wiki/{tier}', dashboard: 'https://w/{{'}\n"),
        [
            "uptime.yml:5: `dashboard` is no URL; write https://host/path, in which {service}, {slo} and {alert} are filled in",
            "uptime.yml:5: `runbook` has no value for `{tier}`; it may have {alert}, {service}, {slo}",
        ],
    ),
    "an alert of an odd name": (
        service("alerting: {name: 'my alert'}\n"),
        ["uptime.yml:5: `name` of an alert may have only letters, digits and `_`, and begins with no digit"],
    ),
    "an alert that is another": (
        service("alerting: {name: UptimeWatchdog}\n"),
        ["uptime.yml:5: `name`: `UptimeWatchdog` is another alert; choose another name"],
    ),
    "labels of alerts": (
        service("alerting: {labels: {severity: a, __b: c, d: [e]}}\n"),
        sorted(
            [
                "uptime.yml:5: label `severity` is one that alerts have already; choose another name",
                "uptime.yml:5: label `__b` is not a label name; use letters, digits and `_`, and no `__` at its start",
                "uptime.yml:5: label `d` must be a single value, not a list",
            ]
        ),
    ),
    "what only the whole file may say": (
        slo("objective: 99\nalerting: {group_wait: 10s, min_bad: 0}"),
        sorted(
            [
                "uptime.yml:7: unknown key `group_wait`; known here: dashboard, labels, min_bad, name, runbook, severities, tiers",
                "uptime.yml:7: `min_bad` must be a whole number from 1, not `0`",
            ]
        ),
    ),
    "a service that depends on nobody": (
        service("    depends_on: [shop, shap, [a]]\n"),
        sorted(
            [
                "uptime.yml:5: `shop` cannot depend on itself; remove it",
                "uptime.yml:5: there is no service `shap`; did you mean `shop`?",
                "uptime.yml:5: `depends_on` are names of services",
            ]
        ),
    ),
    "services that depend on each other in a circle": (
        (
            "services:\n"
            "  - {name: a, endpoints: [{url: 'tcp://a:1'}], depends_on: [b, b]}\n"
            "  - {name: b, endpoints: [{url: 'tcp://b:1'}], depends_on: [c]}\n"
            "  - {name: c, endpoints: [{url: 'tcp://c:1'}], depends_on: [a]}\n"
        ),
        sorted(
            [
                "uptime.yml:2: `b` is named twice; remove one",
                *(
                    f"uptime.yml:{line}: `{name}` depends on itself by way of those that it names; cut the circle"
                    for line, name in ((2, "a"), (3, "b"), (4, "c"))
                ),
            ]
        ),
    ),
}

DIALOGUES = {
    "a step of a dialogue that is two": (
        endpoint("probe: p").replace("https://example.com/", "tcp://example.com:25")
        + "probes:\n  p:\n    type: tcp\n    dialogue:\n      - {send: a, expect: b}\n",
        ["uptime.yml:10: `dialogue`: a step of a dialogue is one of `expect`, `send` and `starttls: true`"],
    ),
}


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param(*case, id=name)
        for table in (YAML, SHAPES, VALUES, PROBES, TOGETHER, ALERTING, DIALOGUES)
        for name, case in table.items()
    ],
)
def test_a_mistake_prints_its_place_and_its_cure(problems: Problems, text: str, lines: list[str]) -> None:
    assert problems(text) == lines


def test_all_mistakes_are_told_at_once_and_in_the_order_of_the_file(problems: Problems) -> None:
    text = """\
defaults: {intervall: 15s, window: 30}
services:
  - name: my shop
    endpoints: [{url: example.com}]
    slos: [{objective: 0.99, window: month}]
  - name: blog
    endpoints:
      - {url: "tcp://example.com:99999", interval: 1m, staleness: 1s}
      - {url: gopher://example.com}
    slos: [{objective: 99, endpoints: [a]}]
alerting: {min_bad: many}
"""
    assert [line.partition(": ")[0] for line in problems(text)] == [
        "uptime.yml:1",
        "uptime.yml:1",
        "uptime.yml:3",
        "uptime.yml:4",
        "uptime.yml:5",
        "uptime.yml:5",
        "uptime.yml:8",
        "uptime.yml:8",
        "uptime.yml:9",
        "uptime.yml:11",
    ]


def test_without_services_the_other_sections_are_checked_all_the_same(problems: Problems) -> None:
    assert [
        line.partition(": ")[0] for line in problems("alerting: {min_bad: 0}\nprobes: {a: {type: b}}\n")
    ] == [
        "uptime.yml:1",
        "uptime.yml:1",
        "uptime.yml:2",
    ]


def test_a_broken_interval_brings_no_second_complaint_about_what_is_compared_with_it(
    problems: Problems,
) -> None:
    assert problems(endpoint("interval: 10\nstaleness: 10s")) == [
        "uptime.yml:5: `interval`: `10` has no unit; write 10s for seconds"
    ]
