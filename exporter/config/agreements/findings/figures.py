"""Promises that cannot be measured, or kept."""

from collections.abc import Iterator

from exporter.config.agreements.findings.finding import Case, Finding, Kind
from exporter.config.model import Service
from exporter.config.objectives import HEARTBEAT
from exporter.config.tree import Map, find
from exporter.sla.credit_rules import PerTime
from exporter.sla.terms import PARTIES, SliceTerms, Target
from exporter.units import describe_duration


def allowances(case: Case) -> Iterator[Finding]:
    """More exclusions than a target may be down anyway."""
    agreement, root = case.agreement, case.written.root
    timed = [each for each in agreement.terms.targets if each.is_of_time and each.agreed < 1]
    if not timed:
        return
    strictest = min(timed, key=case.allowance)
    allowed = case.allowance(strictest)
    for category, recognition in agreement.terms.recognised.items():
        if recognition.allowance is not None and recognition.allowance > allowed:
            message = (
                f"{describe_duration(recognition.allowance)} of {category} may be excluded, but `{strictest.name}` may be down "
                f"for {describe_duration(allowed)} of the shortest period: exclusions can hide more than the target allows"
            )
            mark = find(root, ("exclusions", category.value, "allowance")).mark
            yield Finding(mark, Kind.ALLOWANCE, message)


def consent(case: Case) -> Iterator[Finding]:
    """Exclusions that nobody can agree to."""
    agreement, root = case.agreement, case.written.root
    for category, recognition in agreement.terms.recognised.items():
        side = recognition.agreed_by
        if side and not agreement.parties[side].people:
            message = (
                f"{category} counts only if the {side} agrees, of which no people are named: it never counts"
            )
            yield Finding(find(root, ("exclusions", category.value, "agreed_by")).mark, Kind.CONSENT, message)


def both_sides(case: Case) -> Iterator[Finding]:
    """People who may speak for both parties, where one has to agree to what the other enters."""
    agreement, root = case.agreement, case.written.root
    provider, customer = (set(agreement.parties[side].people) for side in PARTIES)
    both = sorted(provider & customer)
    if both and any(each.agreed_by for each in agreement.terms.recognised.values()):
        message = (
            f"{' and '.join(f'`{name}`' for name in both)} may speak for both parties, and so agree to what they excuse themselves; "
            "name each for one"
        )
        yield Finding(find(root, ("parties", "customer", "people")).mark, Kind.CONSENT, message)


def nobody_answers(case: Case) -> Iterator[Finding]:
    """Answers that nobody can give, and severities that no target is about."""
    agreement, root = case.agreement, case.written.root
    answers = [each.answers for each in agreement.terms.targets if each.answers is not None]
    if answers and not agreement.parties["provider"].people:
        message = "answers are promised, but the provider has no `people`: nobody can ever give one"
        yield Finding(find(root, ("parties", "provider")).mark, Kind.CONSENT, message)
    asked = {name for each in answers for name in each.severities}
    every = any(not each.severities for each in answers)
    severities = root.get("severities")
    for rule in agreement.terms.severities:
        if rule.name not in asked and not every and isinstance(severities, Map):
            message = (
                f"no target promises anything of the severity `{rule.name}`; name it in one, or remove it"
            )
            yield Finding(severities.mark_of(rule.name), Kind.UNUSED, message)


def resolution(case: Case) -> Iterator[Finding]:
    """Objectives that probes are too rare for: an outage may be a beat longer, or shorter, at either edge."""
    for number, target in enumerate(case.agreement.terms.targets):
        interval = _interval(case, target)
        if interval is None or not target.is_of_time or target.agreed == 1:
            continue
        error, allowed = 2 * interval, case.allowance(target)
        if error >= allowed:
            message = (
                f"`{target.name}` allows {describe_duration(allowed)} of downtime in the shortest period, but probes every "
                f"{describe_duration(interval)} are off by up to {describe_duration(error)} for each outage, a beat at either edge; "
                "probe more often"
            )
            yield Finding(_mark(case, number, "availability"), Kind.RESOLUTION, message)


def small(case: Case) -> Iterator[Finding]:
    """Lengths that probes are too rare for: of slices, of the smallest outage, and of what credits are for."""
    for number, target in enumerate(case.agreement.terms.targets):
        interval = _interval(case, target)
        if interval is None or target.queries is not None:
            continue
        probed = f"`{target.name}` is probed every {describe_duration(interval)}"
        if target.slices is not None and target.threshold is None:
            yield from _of_slices(case, number, target.slices, probed)
        smallest = case.agreement.terms.measure_of(target).smallest_outage
        if 0 < smallest < interval:
            message = f"{probed}, which tells no outage of {describe_duration(smallest)}, the smallest one, from a shorter one"
            yield Finding(_mark(case, number, "service"), Kind.RESOLUTION, message)
        named = case.agreement.credits.rules.get(target.credit)
        if named is not None and isinstance(named.rule, PerTime) and named.rule.per <= 2 * interval:
            message = f"{probed}, and so off by up to {describe_duration(2 * interval)} for each outage: credits for each {describe_duration(named.rule.per)} cannot be told"
            yield Finding(_mark(case, number, "service"), Kind.RESOLUTION, message)


def _of_slices(case: Case, number: int, slices: SliceTerms, probed: str) -> Iterator[Finding]:
    target = case.agreement.terms.targets[number]
    length, mark = slices.length, _mark(case, number, "slices")
    if length < (_interval(case, target) or 0):
        message = f"{probed}: most slices of {describe_duration(length)} have no probe; take longer ones, probe more often, or count with `promql`"
        yield Finding(mark, Kind.RESOLUTION, message)
    elif slices.minimum > _most(case, target, length):
        message = f"{probed}: no slice of {describe_duration(length)} has {slices.minimum} events, and so none is ever bad; count with `promql`"
        yield Finding(mark, Kind.RESOLUTION, message)


def _most(case: Case, target: Target, length: int) -> int:
    """How many probes a slice can have at most."""
    services = case.config.services if case.config is not None else ()
    return sum(
        -(-length // each)
        for service in services
        if service.name == target.service
        for each in _endpoints(service, target)
    )


def unprobed(case: Case) -> Iterator[Finding]:
    """Services that nothing is known of."""
    if case.config is None:
        return
    services = {service.name: service for service in case.config.services}
    for number, target in enumerate(case.agreement.terms.targets):
        service = services.get(target.service)
        if service is not None and target.queries is None and not _endpoints(service, target):
            message = f"nothing probes `{service.name}`: of `{target.name}` nothing will ever be known"
            yield Finding(_mark(case, number, "service"), Kind.UNPROBED, message)


def unpromised(case: Case) -> Iterator[Finding]:
    """Services in the scope of which nothing is promised."""
    promised = {target.service for target in case.agreement.terms.targets}
    if "" in promised:  # one of all services
        return
    for number, name in enumerate(case.agreement.scope_in):
        if name not in promised:
            message = f"`{name}` is in the scope, but no target promises anything of it"
            yield Finding(find(case.written.root, ("scope", "in", number)).mark, Kind.SCOPE, message)


def _endpoints(service: Service, target: Target) -> list[int]:
    """Intervals of the endpoints that a target is about."""
    return [
        each.policy.interval
        for each in service.endpoints
        if (each.name in target.endpoints if target.endpoints else each.kind != HEARTBEAT)
    ]


def _interval(case: Case, target: Target) -> int | None:
    """The longest interval of a target's endpoints; None where it has none that are known."""
    services = case.config.services if case.config is not None else ()
    intervals = [
        each for service in services if service.name == target.service for each in _endpoints(service, target)
    ]
    return max(intervals, default=None)


def _mark(case: Case, number: int, key: str) -> int:
    return find(case.written.root, ("targets", number, key)).mark
