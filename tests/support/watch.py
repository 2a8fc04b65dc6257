"""Two exporters, a Prometheus and an Alertmanager that watch servers which a test breaks, and who is told of it.

So that alerts fire and end within seconds, services bring an hour that is nearly bad enough for a page. With
an objective of 93.75 % the fast tier fires strictly above 54 bad minutes of an hour, while less than 30 of the
last 300 seconds are good. Two seconds are missing; and 30 good ones end it.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from tests.support.alertmanager import Alertmanager, filled_in
from tests.support.daemon import Daemon, command
from tests.support.forwarder import Forwarder
from tests.support.processes import need
from tests.support.prometheus import KUBERNETES, Prometheus, scrape
from tests.support.target import Target
from tests.support.webhook import Webhook

BUDGET = 0.0625
"""Of the services that have an objective of 93.75 %."""

BOTH = """
defaults: {{interval: 1s, timeout: 500ms}}
services:
  - name: shop
    endpoints: [{{name: web, url: "{shop}"}}]
    slos: [{{objective: 93.75}}]
"""
FIRST = """
services:
  - name: mail
    endpoints: [{{name: web, url: "{mail}"}}]
    slos: [{{objective: 93.75}}]
  - name: patched
    endpoints: [{{name: web, url: "{desk}"}}]
    slos: [{{objective: 93.75}}]
  - name: unpatched
    endpoints: [{{name: web, url: "{desk}"}}]
    slos: [{{objective: 93.75}}]
  - name: blip
    endpoints: [{{name: web, url: "{blip}", interval: 2s}}]
    slos: [{{objective: 99.999}}]
"""
SECOND = """
services:
  - name: relay
    endpoints: [{{name: web, url: "{shop}"}}]
    slos: [{{objective: 93.75}}]
"""

PAGE_AT = 54 * 60
"""Bad seconds of the last hour above which the fast tier fires."""

TICKET_AT = 270 * 60
"""Likewise of a day for the slow tier, and of three for the long one."""

MISSING, MISSING_FOR_TICKETS = 2, 4
"""Bad seconds that history leaves to the test; the page is there before the tickets."""

_SPOKEN = 300
"""Seconds from one row of history to the next, each of which speaks for longer."""

_DEPLOYED = Path(__file__).parent.parent.parent / "deploy" / "prometheus" / "rules" / "uptime.yml"

T = TypeVar("T", Target, Webhook, Alertmanager, Daemon, Forwarder, Prometheus)


class Watch:
    """All of them, running.

    Attributes:
        shop: Server of the service `shop`, which both exporters watch, and of `relay`, which the second one does.
        mail: Server of `mail`; the first exporter alone watches this one and the others.
        desk: Server of `patched` and `unpatched`.
        blip: Server of `blip`, of which a single failure burns fast enough for a page.
        first: An exporter; its target labels are those of Kubernetes.
        second: Another one, with a store of its own.
        to_first: By way of it the first one is scraped, so that its address is the instance.
        to_second: Likewise.
        webhook: Who is told.
        began: Instant in seconds since 1970 before which there was no Prometheus.
    """

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self.shop, self.mail, self.desk, self.blip = (self._closing(Target()) for _ in range(4))
        self._write_configuration()
        self.webhook = self._closing(Webhook())
        self.alertmanager = self._closing(Alertmanager(folder / "alertmanager", self._alertmanager_config()))
        self.to_first, self.to_second = (self._closing(Forwarder()) for _ in range(2))
        self.began = time.time()
        # Prometheus scrapes nothing in its first five seconds, whatever its configuration says.
        self.prometheus = self._closing(self._start_prometheus())
        self._bring_history()
        self.first = self._start("first", self.to_first)
        self.second = self._start("second", self.to_second)

    def on_first(self, *arguments: str) -> str:
        """What a command says that is about the first exporter's store."""
        done = command(*arguments, *self._of("first"), cwd=self._folder)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def _closing(self, thing: T) -> T:
        return self._stack.enter_context(closing(thing))

    def _write_configuration(self) -> None:
        urls = {name: getattr(self, name).url for name in ("shop", "mail", "desk", "blip")}
        for name, text in (("both", BOTH), ("first", FIRST), ("second", SECOND)):
            (self._folder / f"{name}.yml").write_text(text.format(**urls))

    def _of(self, exporter: str) -> tuple[str, ...]:
        return (*self._files(exporter), f"--storage={self._folder / exporter}.db")

    def _files(self, exporter: str) -> tuple[str, ...]:
        return tuple(f"--config.file={self._folder / name}.yml" for name in ("both", exporter))

    def _alertmanager_config(self) -> dict[str, Any]:
        file = self._folder / "alertmanager.yml"
        done = command("rules", f"--alertmanager={file}", *self._files("first"), cwd=self._folder)
        assert done.returncode == 0, done.stdout + done.stderr
        return filled_in(file.read_text(), self.webhook.url)

    def _bring_history(self) -> None:
        """Let a bad hour end now for every service that has a page to come."""
        now = int(time.time())
        page = PAGE_AT - MISSING
        before = TICKET_AT - MISSING_FOR_TICKETS - page
        earlier = _outage(now - 20 * 3600, before, "mail")
        self._backfill("first", earlier + _outage(now - page, page, "shop", "mail", "patched", "unpatched"))
        self._backfill("second", _outage(now - page, page, "shop", "relay"))

    def _backfill(self, exporter: str, rows: list[str]) -> None:
        file = self._folder / f"{exporter}.csv"
        file.write_text("\n".join(["timestamp,service,endpoint,result", *rows, ""]))
        done = command("backfill", f"--csv={file}", f"--staleness={2 * _SPOKEN}s", *self._of(exporter))
        assert f"{len(rows)} results imported" in done.stdout, done.stdout + done.stderr

    def _start(self, exporter: str, by_way_of: Forwarder) -> Daemon:
        _, own, _ = self._of(exporter)
        daemon = self._closing(
            Daemon(self._folder / "both.yml", self._folder / f"{exporter}.db", arguments=(own,))
        )
        by_way_of.lead_to(int(daemon.address.rpartition(":")[2]))
        return daemon

    def _start_prometheus(self) -> Prometheus:
        first, second = scrape(self.to_first.address, **KUBERNETES), scrape(self.to_second.address)
        one_job = first | {"static_configs": first["static_configs"] + second["static_configs"]}
        rules = self._folder / "rules.yml"
        rules.write_text(_each_second(_DEPLOYED.read_text()))
        return Prometheus(
            self._folder / "prometheus", [one_job], [rules], alertmanagers=[self.alertmanager.address]
        )


def _outage(begin: int, length: int, *services: str) -> list[str]:
    """Rows of history: down for `length` seconds, then well."""
    end = begin + length
    results = [*((at, "failure") for at in range(begin, end, _SPOKEN)), (end, "success")]
    return [f"{at},{service},web,{result}" for service in services for at, result in results]


def _each_second(rules: str) -> str:
    """The same rules, looked at so often that a test need not wait."""
    assert rules.count("interval: 15s") == 3
    return rules.replace("interval: 15s", "interval: 1s")


@contextmanager
def watching(folder: Path) -> Iterator[Watch]:
    """Everything runs as long as the block."""
    for program in ("prometheus", "prometheus-alertmanager"):
        need(program, program)
    with ExitStack() as stack:
        yield Watch(folder, stack)
