"""What an agreement rests on, and whether that carries it."""

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction

from exporter.config.agreements.findings.finding import Case, Finding, Kind
from exporter.config.agreements.steps import percent
from exporter.config.tree import find
from exporter.sla.agreement import Agreement, ends, in_force


def chain(case: Case) -> Iterator[Finding]:
    """Promises that those do not carry that they rest on."""
    agreement, root = case.agreement, case.written.root
    promised = _availability(agreement, max)
    together, names = Fraction(1), list[str]()
    for number, name in enumerate(agreement.rests_on):
        mark = find(root, ("rests_on", number)).mark
        versions = [each for each in case.others if each.name == name]
        if not versions:
            yield Finding(
                mark,
                Kind.CHAIN,
                f"no agreement `{name}` is known here, so that nobody sees whether it carries this one",
            )
            continue
        theirs = in_force(versions, case.now) or max(versions, key=lambda each: each.start)
        if ends(theirs) < ends(agreement):
            message = f"`{name}` ends before this one does, and nothing renews it: what rests on it then rests on nothing"
            yield Finding(mark, Kind.CHAIN, message)
        carried = _availability(theirs, min)
        if promised is None:
            continue
        if carried is None:
            message = f"`{name}` promises nothing of time: whether it carries the {percent(promised)} here is for people to say"
            yield Finding(mark, Kind.CHAIN, message)
            continue
        together *= carried
        names.append(name)
        if carried < promised:
            message = f"`{name}` promises {percent(carried)}, which cannot carry the {percent(promised)} that are promised here"
            yield Finding(mark, Kind.CHAIN, message)
    if promised is not None and len(names) > 1 and together < promised:
        message = (
            f"{', '.join(f'`{name}`' for name in names)} together promise {percent(together)}, where one's outage is everybody's; "
            f"{percent(promised)} are promised here"
        )
        yield Finding(root.mark_of("rests_on"), Kind.CHAIN, message)


def _availability(agreement: Agreement, pick: Callable[[Iterable[Fraction]], Fraction]) -> Fraction | None:
    """The highest or lowest share of time that it promises; None where it promises none."""
    shares = [target.agreed for target in agreement.terms.targets if target.is_of_time]
    return pick(shares) if shares else None
