"""From blackbox_exporter's configuration to our section `probes`."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from exporter.config.blackbox_values import (
    escaped,
    free_spelling,
    read_flag,
    read_size,
    read_whole,
    written_size,
)
from exporter.config.events import parse_any
from exporter.config.fields import shape
from exporter.config.report import Report
from exporter.config.tree import Map, Node, Seq
from exporter.errors import nearest

Probe = dict[str, Any]

IP_KEYS = ("preferred_ip_protocol", "ip_protocol_fallback")


class Imported(NamedTuple):
    """What became of a file.

    Attributes:
        probes: By name; as our section `probes` has them.
        timeouts: Of the modules that have one, as they are written.
        notes: What is lost or different, as `file:line: message`.
    """

    probes: Mapping[str, Probe]
    timeouts: Mapping[str, str]
    notes: tuple[str, ...]


def translate(text: str, name: str) -> Imported:
    """Translate a file.

    Args:
        text: Of the file.
        name: Of the file, for messages.

    Raises:
        ConfigError: With everything that cannot be read as blackbox_exporter would.
    """
    report = Report()
    base = report.file(name)
    root = parse_any(text, base, report)
    probes, timeouts = dict[str, Probe](), dict[str, str]()
    modules = root.get("modules") if isinstance(root, Map) else None
    if not isinstance(modules, Map):
        report.problem(base + 1, "has no map `modules`; is it a configuration of blackbox_exporter?")
    else:
        for module, node in modules.items():
            if not isinstance(node, Map):
                report.problem(
                    modules.mark_of(module), f"`{module}` must be a map (`key: value`), not {shape(node)}"
                )
                continue
            probes[module] = _Module(node, report).translated()
            if isinstance(node.get("timeout"), str):
                timeouts[module] = str(node["timeout"])
    report.raise_problems()
    return Imported(probes, timeouts, report.warnings())


class _Module:
    """One module on its way."""

    def __init__(self, node: Map, report: Report) -> None:
        self._node = node
        self._report = report
        self._probe: Probe = {}

    def translated(self) -> Probe:
        """Translate it; problems and losses go to the report."""
        node = self._node
        kind = str(node.get("prober", ""))
        self._known(node, {"prober", "timeout", *_PROBERS})
        if kind not in _PROBERS:
            hint = nearest(kind, list(_PROBERS)) or f"; known: {', '.join(_PROBERS)}"
            self._report.problem(node.mark_of("prober"), f"`prober`: there is no `{kind}`{hint}")
            return {}
        options = node.get(kind, Map(node.mark))
        if not isinstance(options, Map):
            self._report.problem(
                node.mark_of(kind), f"`{kind}` must be a map (`key: value`), not {shape(options)}"
            )
            return {}
        self._probe["type"] = {"websocket": "ws"}.get(kind, kind)
        _PROBERS[kind](self, options)
        return {key: escaped(value) for key, value in self._probe.items()}

    def http(self, node: Map) -> None:
        """Translate the options of `http`."""
        expect: Probe = {}
        done = {
            "valid_status_codes": lambda value, _: expect.update(status=_texts(value)),
            "valid_http_versions": self._versions(expect),
            "method": lambda value, _: self._probe.update(method=str(value)),
            "headers": lambda value, _: self._probe.setdefault("headers", {}).update(_map(value)),
            "http_headers": self._http_headers,
            "body": lambda value, _: self._probe.update(body=str(value)),
            "body_file": lambda value, _: self._probe.update(body_file=str(value)),
            "body_size_limit": self._size_limit(expect),
            "compression": lambda value, _: self._probe.update(compression=str(value)),
            "follow_redirects": lambda *_: self._probe.update(
                follow_redirects=self._flag(node, "follow_redirects")
            ),
            "fail_if_ssl": lambda *_: (
                expect.update(tls="forbidden") if self._flag(node, "fail_if_ssl") else None
            ),
            "fail_if_not_ssl": lambda *_: (
                expect.update(tls="required") if self._flag(node, "fail_if_not_ssl") else None
            ),
            "fail_if_body_matches_regexp": lambda value, _: expect.update(body_not_matches=_texts(value)),
            "fail_if_body_not_matches_regexp": lambda value, _: expect.update(body_matches=_texts(value)),
            "fail_if_header_matches": self._headers(expect, "header_not_matches"),
            "fail_if_header_not_matches": self._headers(expect, "header_matches"),
            "fail_if_body_json_matches_cel": self._lost("write it as `expect.json`, a JSONPath query"),
            "fail_if_body_json_not_matches_cel": self._lost("write it as `expect.json`, a JSONPath query"),
            "basic_auth": self._basic_auth,
            "authorization": self._authorization,
            "bearer_token": lambda value, _: self._probe.update(token=str(value)),
            "bearer_token_file": lambda value, _: self._probe.update(token_file=str(value)),
            "oauth2": self._oauth2,
            "proxy_url": lambda value, _: self._probe.setdefault("proxy", {}).update(url=str(value)),
            "no_proxy": lambda value, _: self._probe.setdefault("proxy", {}).update(
                no_proxy=str(value).split(",")
            ),
            "proxy_connect_header": lambda value, _: self._probe.setdefault("proxy", {}).update(
                headers=_flat(value)
            ),
            "proxy_from_environment": self._lost("write `proxy` out", node, "proxy_from_environment"),
            "skip_resolve_phase_with_proxy": lambda *_: self._flag(node, "skip_resolve_phase_with_proxy"),
            "enable_http2": lambda *_: self._flag(node, "enable_http2"),
            "enable_http3": self._lost("only HTTP/1.1 is spoken", node, "enable_http3"),
            "tls_config": self._tls,
        }
        self._each(node, done)
        if expect:
            self._probe["expect"] = expect

    def tcp(self, node: Map) -> None:
        """Translate the options of `tcp`, and of `unix` as far as it has them."""
        self._each(
            node,
            {
                "query_response": self._dialogue,
                "tls": lambda *_: self._probe.update(type="tls") if self._flag(node, "tls") else None,
                "tls_config": self._tls,
                "source_ip_address": self._lost("the system chooses the address"),
            },
        )
        if self._probe["type"] == "tls":
            self._report.warn(
                node.mark_of("tls"),
                "a module with `tls: true` is of type tls here: its targets are tls://host:port",
            )

    def unix(self, node: Map) -> None:
        """Translate the options of `unix`."""
        self._each(
            node,
            {
                "query_response": self._lost("only the connection is probed"),
                "tls": self._lost("only the connection is probed", node, "tls"),
                "tls_config": self._lost("only the connection is probed"),
            },
        )

    def dns(self, node: Map) -> None:
        """Translate the options of `dns`."""
        query: Probe = {}
        expect: Probe = {"answers_min": 0}
        rules = {
            "fail_if_matches_regexp": "none",
            "fail_if_not_matches_regexp": "any",
            "fail_if_none_matches_regexp": "any",
        }

        def validate(section: str) -> Callable[[Node, int], None]:
            def take(value: Node, mark: int) -> None:
                for key, patterns in value.items() if isinstance(value, Map) else ():
                    if key == "fail_if_not_matches_regexp":
                        expect.setdefault(f"{section}_all_match", []).extend(_texts(patterns))
                    elif key in rules:
                        expect.setdefault(f"{section}_{rules[key]}_match", []).extend(_texts(patterns))
                    else:
                        self._report.warn(
                            mark,
                            f"`{key}` is left out: blackbox_exporter fails where NOT all match, unlike its name; write `{section}_all_match` or `{section}_none_match`",
                        )

            return take

        self._each(
            node,
            {
                "query_name": lambda value, _: query.update(name=str(value)),
                "query_type": lambda value, _: query.update(type=str(value)),
                "query_class": lambda value, _: query.update({"class": str(value)}),
                "recursion_desired": lambda *_: query.update(recursion=self._flag(node, "recursion_desired")),
                "transport_protocol": lambda value, _: self._probe.update(transport=str(value)),
                "dns_over_tls": lambda *_: (
                    self._probe.update(transport="tls") if self._flag(node, "dns_over_tls") else None
                ),
                "valid_rcodes": lambda value, _: expect.update(rcode=_texts(value)),
                "validate_answer_rrs": validate("answers"),
                "validate_authority_rrs": validate("authority"),
                "validate_additional_rrs": validate("additional"),
                "tls_config": self._tls,
                "source_ip_address": self._lost("the system chooses the address"),
            },
        )
        if "name" not in query:
            self._report.problem(node.mark, "`query_name` is missing")
        if query.get("type", "ANY") == "ANY":
            self._report.warn(
                node.mark_of("query_type"),
                "without `query_type` blackbox_exporter asks for ANY, which servers refuse (RFC 8482): A is asked for instead",
            )
            query["type"] = "A"
        self._probe.update(query=query, expect=expect)

    def icmp(self, node: Map) -> None:
        """Translate the options of `icmp`."""
        self._probe["packets"] = 1
        self._each(
            node,
            {
                "payload_size": lambda *_: self._probe.update(
                    payload_size=max(16, self._whole(node, "payload_size"))
                ),
                "dont_fragment": lambda *_: self._probe.update(
                    dont_fragment=self._flag(node, "dont_fragment")
                ),
                "ttl": lambda *_: self._probe.update(ttl=self._whole(node, "ttl")),
                "source_ip_address": self._lost("the system chooses the address"),
            },
        )

    def grpc(self, node: Map) -> None:
        """Translate the options of `grpc`."""
        self._each(
            node,
            {
                "service": lambda value, _: self._probe.update(service=str(value)),
                "metadata": lambda value, _: self._probe.update(headers=_flat(value)),
                "tls": lambda _, mark: (
                    self._report.warn(mark, "targets over TLS are grpcs://host:port here")
                    if self._flag(node, "tls")
                    else None
                ),
                "tls_config": self._tls,
            },
        )

    def websocket(self, node: Map) -> None:
        """Translate the options of `websocket`."""
        self._each(
            node,
            {
                "query_response": self._dialogue,
                "headers": lambda value, _: self._probe.update(headers=_map(value)),
                "http_headers": self._http_headers,
                "tls_config": self._tls,
            },
        )

    def _each(self, node: Map, done: "Mapping[str, Callable[[Node, int], object]]") -> None:
        """Take every option in turn; those about IP are everywhere the same."""
        self._known(node, {*done, *IP_KEYS})
        for key, value in node.items():
            if key in done:
                done[key](value, node.mark_of(key))
        if "ip_protocol_fallback" in node and not self._flag(node, "ip_protocol_fallback"):
            self._probe["ip_family"] = {"ip4": "4"}.get(str(node.get("preferred_ip_protocol", "ip6")), "6")
        elif "preferred_ip_protocol" in node:
            mark = node.mark_of("preferred_ip_protocol")
            self._report.warn(
                mark,
                "addresses are tried in the system's order, all of them: write `ip_family: 4` or `6` for one family only",
            )

    def _known(self, node: Map, known: set[str]) -> None:
        for key in node:
            if key not in known:
                self._report.problem(node.mark_of(key), f"unknown key `{key}`" + nearest(key, known))

    def _flag(self, node: Map, key: str) -> bool:
        """Read a boolean; False where it is missing, and with a problem where it is none."""
        value = node.get(key, "false")
        flag = read_flag(value) if isinstance(value, str) else None
        if flag is None:
            shown = f"`{value}`" if isinstance(value, str) else shape(value)
            self._report.problem(node.mark_of(key), f"`{key}` must be true or false, not {shown}")
        return bool(flag)

    def _whole(self, node: Map, key: str) -> int:
        """Read a whole number; 0, and a problem, where it is none."""
        value = node[key]
        number = read_whole(value) if isinstance(value, str) else None
        if number is None:
            shown = f"`{value}`" if isinstance(value, str) else shape(value)
            self._report.problem(node.mark_of(key), f"`{key}` must be a whole number, not {shown}")
        return number or 0

    def _size_limit(self, expect: Probe) -> Callable[[Node, int], None]:
        def take(value: Node, mark: int) -> None:
            size = read_size(value) if isinstance(value, str) else None
            if size is None:
                shown = f"`{value}`" if isinstance(value, str) else shape(value)
                self._report.problem(mark, f"`body_size_limit` must be a size such as 5MB, not {shown}")
            elif size:  # 0 is no limit there, as if it were not written
                expect["max_body"] = written_size(size)

        return take

    def _lost(self, cure: str, node: Map | None = None, flag: str = "") -> Callable[[Node, int], None]:
        """Note that an option is left out; a boolean one, `flag` of `node`, only where it is true."""

        def note(_value: Node, mark: int) -> None:
            if node is None or self._flag(node, flag):
                self._report.warn(mark, f"has no counterpart and is left out; {cure}")

        return note

    def _versions(self, expect: Probe) -> Callable[[Node, int], None]:
        def take(value: Node, mark: int) -> None:
            versions = [text.removeprefix("HTTP/") for text in _texts(value)]
            spoken = [version for version in versions if version in ("1.0", "1.1")]
            if spoken:
                expect["http_version"] = spoken
            if len(spoken) < len(versions):
                self._report.warn(mark, "only HTTP/1.1 is spoken: other versions are left out")

        return take

    def _headers(self, expect: Probe, key: str) -> Callable[[Node, int], None]:
        def take(value: Node, mark: int) -> None:
            for rule in value if isinstance(value, Seq) else ():
                if (
                    not isinstance(rule, Map)
                    or not isinstance(rule.get("header"), str)
                    or not isinstance(rule.get("regexp"), str)
                ):
                    self._report.problem(mark, "each rule needs `header` and `regexp`")
                    continue
                rules = expect.setdefault(key, {})
                name = free_spelling(str(rule["header"]), rules)
                if name is None:
                    self._report.warn(
                        rule.mark_of("header"),
                        f"one rule too many for `{rule['header']}`: this one is left out",
                    )
                    continue
                rules[name] = str(rule["regexp"])
                self._note_missing(rule, key)

        return take

    def _note_missing(self, rule: Map, key: str) -> None:
        """Note where a header that is missing is judged otherwise: there it fails unless `allow_missing`."""
        allowed, name = self._flag(rule, "allow_missing"), rule["header"]
        if key == "header_matches" and allowed:
            self._report.warn(
                rule.mark_of("allow_missing"),
                f"`allow_missing` is left out: an answer without `{name}` fails here",
            )
        elif key == "header_not_matches" and not allowed:
            self._report.warn(
                rule.mark_of("header"),
                f"an answer without `{name}` passes here, and fails in blackbox_exporter without"
                f" `allow_missing`; write `header_matches: {{{name}: ''}}` besides to demand it",
            )

    def _http_headers(self, value: Node, mark: int) -> None:
        headers = self._probe.setdefault("headers", {})
        for name, one in value.items() if isinstance(value, Map) else ():
            given = (
                _texts(one.get("values", Seq(mark))) + _texts(one.get("secrets", Seq(mark)))
                if isinstance(one, Map)
                else []
            )
            files = _texts(one.get("files", Seq(mark))) if isinstance(one, Map) else []
            if len(given) + len(files) != 1:
                self._report.warn(mark, f"`{name}` has several values: the first one is taken")
            if given:
                headers[name] = given[0]
            elif files:
                headers[f"{name}_file"] = files[0]

    def _basic_auth(self, value: Node, _mark: int) -> None:
        if isinstance(value, Map):
            self._probe["basic_auth"] = {
                key: text for key, text in _map(value).items() if key != "username_file"
            }
            if "username_file" in value:
                self._report.warn(
                    value.mark_of("username_file"), "`username_file` is left out: write `username`"
                )

    def _authorization(self, value: Node, mark: int) -> None:
        if not isinstance(value, Map):
            return
        kind = str(value.get("type", "Bearer"))
        secret, file = value.get("credentials"), value.get("credentials_file")
        if kind.lower() == "bearer" and secret is not None:
            self._probe["token"] = str(secret)
        elif kind.lower() == "bearer" and file is not None:
            self._probe["token_file"] = str(file)
        elif secret is not None:
            self._probe.setdefault("headers", {})["Authorization"] = f"{kind} {secret}"
        else:
            self._report.warn(
                mark,
                f"credentials of type {kind} from a file are left out: use `headers: {{Authorization_file: ...}}`",
            )

    def _oauth2(self, value: Node, mark: int) -> None:
        if not isinstance(value, Map):
            return
        known = {"client_id", "client_secret", "client_secret_file", "token_url"}
        found: Probe = {key: text for key, text in _map(value).items() if key in known}
        if "scopes" in value:
            found["scopes"] = _texts(value["scopes"])
        if "endpoint_params" in value:
            found["endpoint_params"] = _map(value["endpoint_params"])
        self._probe["oauth2"] = found
        if lost := value.keys() - known - {"scopes", "endpoint_params"}:
            self._report.warn(mark, f"{', '.join(sorted(lost))} of `oauth2` is left out")

    def _tls(self, value: Node, mark: int) -> None:
        keys = {
            "ca_file": "ca_file",
            "cert_file": "cert_file",
            "key_file": "key_file",
            "server_name": "server_name",
        }
        tls: Probe = {}
        if not isinstance(value, Map):
            return
        for key, text in value.items():
            if key in keys:
                tls[keys[key]] = str(text)
            elif key == "insecure_skip_verify":
                tls["insecure"] = self._flag(value, key)
            elif key == "min_version" and str(text) in ("TLS12", "TLS13"):
                tls["min_version"] = {"TLS12": "1.2", "TLS13": "1.3"}[str(text)]
            else:
                self._report.warn(mark, f"`{key}` of `tls_config` is left out")
        if tls:
            self._probe["tls"] = tls

    def _dialogue(self, value: Node, mark: int) -> None:
        steps: list[Probe] = []
        for step in value if isinstance(value, Seq) else ():
            one = _map(step)
            if "expect" in one:
                steps.append({"expect": one["expect"]})
            if "send" in one:
                steps.append({"send": one["send"]})
            if isinstance(step, Map) and self._flag(step, "starttls"):
                steps.append({"starttls": True})
            if isinstance(step, Map) and (lost := step.keys() - {"expect", "send", "starttls"}):
                self._report.warn(mark, f"{', '.join(sorted(lost))} of `query_response` is left out")
        self._probe["dialogue"] = steps


_PROBERS: Mapping[str, Callable[[_Module, Map], None]] = {
    "http": _Module.http,
    "tcp": _Module.tcp,
    "unix": _Module.unix,
    "dns": _Module.dns,
    "icmp": _Module.icmp,
    "grpc": _Module.grpc,
    "websocket": _Module.websocket,
}


def _texts(node: Node) -> list[str]:
    return [str(each) for each in node] if isinstance(node, Seq) else [str(node)]


def _map(node: Node) -> dict[str, str]:
    return (
        {key: str(value) for key, value in node.items() if isinstance(value, str)}
        if isinstance(node, Map)
        else {}
    )


def _flat(node: Node) -> dict[str, str]:
    """A map of lists, of which the first ones count."""
    if not isinstance(node, Map):
        return {}
    return {key: _texts(value)[0] for key, value in node.items() if _texts(value)}
