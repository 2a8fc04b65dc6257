"""From a configuration, the endpoints' pasts and the exclusions in force to what each SLO asks."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import cast

from exporter.config.model import Config, Endpoint, Service, SloConfig
from exporter.config.objectives import HEARTBEAT, asks_about, objective_of, parts
from exporter.record.histories import Known
from exporter.record.sampled import NONE_SAMPLED, Sampled
from exporter.slo.question import Question, question
from exporter.store.base import SloKey
from exporter.timeline.beats import Beats, Judged
from exporter.timeline.exclusion import EVERY, Category, Exclusion, Scope, When, recognised
from exporter.timeline.past import Member, Past, combine
from exporter.timeline.samples import SampleHistory
from exporter.timeline.spans import NOTHING, Span, Spans

Covering = Sequence[tuple[Exclusion, Spans]]
"""What is excluded by what; first what takes precedence (ruling 33)."""

Recognised = Collection[Category] | None
"""Categories that a question recognises; None for all."""

HOURS = "service hours"
"""What the exclusion of the time outside of service hours is called."""


class Questions:
    """What the SLOs of a configuration ask; exclusions are expanded and merged once, whoever shares them.

    Args:
        config: Has the SLOs.
        known: The pasts of all endpoints by id of their service.
        exclusions: In force, of the configuration and entered by people.
        reach: The span in which any question may lie; exclusions are expanded within it.
        sampled: The pasts of SLOs over `promql`; of those that are missing nothing is known.
    """

    def __init__(
        self,
        config: Config,
        known: Mapping[str, Sequence[Known]],
        exclusions: Sequence[Exclusion],
        reach: Span,
        sampled: Sampled = NONE_SAMPLED,
    ) -> None:
        self._config = config
        self._sampled = sampled
        self._known = known
        self._exclusions = exclusions
        self._index = Index(exclusions)
        self._reach = reach
        self._spans: dict[When, Spans] = {}
        self._unions: dict[frozenset[When], Spans] = {}

    def expand(self) -> None:
        """Expand all exclusions now, which may take a while: in any thread, before anybody else asks."""
        whens: set[When | None] = {each.when for each in self._exclusions}
        for service in self._config.services:
            whens |= {service.hours, *(slo.hours for slo in service.slos)}
        for when in whens - {None}:
            self._expanded(cast("When", when))

    def of(self, service: Service, slo: SloConfig) -> Question:
        """What an SLO asks, and whom."""
        return question(objective_of(self._config, service, slo), self._past(service, slo))

    def asked(self, service: Service, slo: SloConfig) -> Sequence[Known]:
        """The endpoints that an SLO asks about, of all that its services ever had."""
        own = self._endpoints(service, slo)
        return [
            *own,
            *(each for part, its in parts(self._config, slo) for each in self._endpoints(part, its)),
        ]

    def counted(self, service: Service, slo: SloConfig) -> SampleHistory | None:
        """What a source has counted for an SLO; None where it asks about endpoints."""
        if slo.promql is None:
            return None
        return self._sampled.get(SloKey(service.id, slo.id)) or SampleHistory()

    def covering(self, service: Service, slo: SloConfig) -> Covering:
        """What excludes anything of an SLO: all of it, or some of its members."""
        found = list(self._of_service(service, slo.hours, slo.categories))
        found += self._of_endpoints(service, slo, slo.categories)
        for part, its in parts(self._config, slo):
            categories = its.categories if its else slo.categories
            found += self._of_service(part, its.hours if its else part.hours, categories)
            found += self._of_endpoints(part, its, categories)
        in_order = recognised(list(dict.fromkeys(found)), None)
        return [(each, self._expanded(each.when)) for each in in_order]

    def excluded(self, service: Service, endpoint: Endpoint) -> Spans:
        """What is excluded of an endpoint, whatever SLOs recognise (`uptime_endpoint_excluded`)."""
        of_service = self._of_service(service, service.hours, None)
        return self._union([*of_service, *self._of_endpoint(service, endpoint.id, None)])

    def _past(self, service: Service, slo: SloConfig) -> Past:
        whole = self._union(self._of_service(service, slo.hours, slo.categories))
        counted = self.counted(service, slo)
        if counted is not None:
            return Past(counted, [Member(counted, counted, name=f"{service.name}/{slo.name}")], whole)
        if not slo.services:
            members = self._members(service, slo, slo.categories)
            weights = [dict(slo.combine.weights).get(identity, 0) for identity, _ in members]
            present = [
                member
                for (_, member), weight in zip(members, weights, strict=True)
                if weight or not any(weights)
            ]
            history = combine(
                [member.standing() for member in present], slo.combine, list(filter(None, weights))
            )
            return Past(history, present, whole)
        pasts = [self._part(part, its, slo.categories) for part, its in parts(self._config, slo)]
        weights = [dict(slo.combine.weights).get(reference, 1) for reference in slo.services]
        members_within = [_within(member, past.excluded) for past in pasts for member in past.members]
        return Past(combine([past.history for past in pasts], slo.combine, weights), members_within, whole)

    def _part(self, service: Service, slo: SloConfig | None, categories: Recognised) -> Past:
        """A member of a composite: an SLO, or a service as a whole."""
        if slo is not None:
            return self._past(service, slo)
        members = [member for _, member in self._members(service, None, categories)]
        whole = self._union(self._of_service(service, service.hours, categories))
        return Past(combine([member.standing() for member in members]), members, whole)

    def _members(
        self, service: Service, slo: SloConfig | None, categories: Recognised
    ) -> Sequence[tuple[str, Member]]:
        """Ids of the endpoints that an SLO, or a service as a whole, asks about, and how it sees them."""
        names = {endpoint.id: endpoint.name for endpoint in service.endpoints}
        members = []
        for stored, history in self._endpoints(service, slo):
            excluded = self._union(self._of_endpoint(service, stored.id, categories))
            beats: Beats = history
            if slo is not None and slo.latency is not None:
                beats = Judged(history, slo.id, failures=slo.latency.failures != "ignore")
            name = f"{service.name}/{names.get(stored.id, stored.id)}"
            members.append((stored.id, Member(history, beats, excluded, name)))
        return members

    def _endpoints(self, service: Service, slo: SloConfig | None) -> Sequence[Known]:
        """Endpoints of a service that an SLO, or the service as a whole, asks about."""
        known = self._known.get(service.id, ())
        if slo is None:
            return [each for each in known if each.stored.kind != HEARTBEAT]
        return [each for each in known if asks_about(slo, each.stored.id, each.stored.kind)]

    def _of_service(
        self, service: Service, hours: When | None, categories: Recognised
    ) -> Iterator[Exclusion]:
        """What is excluded of a service as a whole."""
        if hours is not None:
            yield from recognised([outside(hours)], categories)
        for each in self._index.of_service(service):
            if _is_recognised(each, categories):
                yield each

    def _of_endpoints(
        self, service: Service, slo: SloConfig | None, categories: Recognised
    ) -> Iterator[Exclusion]:
        for each in self._endpoints(service, slo):
            yield from self._of_endpoint(service, each.stored.id, categories)

    def _of_endpoint(self, service: Service, endpoint: str, categories: Recognised) -> Iterator[Exclusion]:
        """What is excluded of an endpoint and not of its whole service."""
        for each in self._index.of_endpoint(service, endpoint):
            if _is_recognised(each, categories):
                yield each

    def _union(self, exclusions: Iterable[Exclusion]) -> Spans:
        whens = frozenset(each.when for each in exclusions)
        union = self._unions.get(whens)
        if union is None:
            union = NOTHING
            for when in whens:
                union |= self._expanded(when)
            self._unions[whens] = union
        return union

    def _expanded(self, when: When) -> Spans:
        spans = self._spans.get(when)
        if spans is None:
            spans = self._spans[when] = Spans(when.spans(*self._reach))
        return spans


class Index:
    """Exclusions by whom they cover, so that none is looked at for services that it does not name."""

    def __init__(self, exclusions: Sequence[Exclusion]) -> None:
        self._services: dict[str, list[Exclusion]] = {}
        self._endpoints: dict[tuple[str, str], list[Exclusion]] = {}
        self._general: list[Exclusion] = []  # of all services, or by label
        for each in exclusions:
            if EVERY in each.scope.services or each.scope.labels:
                self._general.append(each)
                continue
            for service in each.scope.services:
                self._services.setdefault(service, []).append(each)
            for endpoint in each.scope.endpoints:
                self._endpoints.setdefault(endpoint, []).append(each)

    def of_service(self, service: Service) -> Sequence[Exclusion]:
        """Those that cover a service as a whole."""
        named = self._services.get(service.id, ())
        if not self._general:
            return named
        labels = dict(service.labels)
        return [*named, *(each for each in self._general if each.scope.has_service(service.id, labels))]

    def of_endpoint(self, service: Service, endpoint: str) -> Sequence[Exclusion]:
        """Those that cover an endpoint, given by its id, and not its whole service."""
        found = [*self._endpoints.get((service.id, endpoint), ()), *self._general]
        if not found:
            return found
        of_service = dict(service.labels)
        labels = next((dict(each.labels) for each in service.endpoints if each.id == endpoint), {})
        return [
            each
            for each in found
            if each.scope.has_endpoint(service.id, endpoint, labels)
            and not each.scope.has_service(service.id, of_service)
        ]


def outside(hours: When) -> Exclusion:
    """The time outside of service hours as an exclusion."""
    return Exclusion(HOURS, HOURS, Category.OUT_OF_HOURS, Scope(), hours)


def _is_recognised(exclusion: Exclusion, categories: Recognised) -> bool:
    return categories is None or exclusion.category in categories


def _within(member: Member, excluded: Spans) -> Member:
    """A member of a composite's part, with what is excluded of the part."""
    return replace(member, excluded=member.excluded | excluded)
