"""Exact ratios as pairs of integers: fast enough for every scrape, and equal to the last digit everywhere."""

from fractions import Fraction

Ratio = tuple[int, int]
"""Numerator and denominator, the denominator > 0; not reduced."""


def fraction(ratio: Ratio | None) -> Fraction | None:
    """The ratio for comparisons; None where there is no value."""
    return None if ratio is None else Fraction(*ratio)


def number(ratio: Ratio | None) -> float | None:
    """The float nearest to the ratio (`int / int` is correctly rounded); None where there is no value."""
    return None if ratio is None else ratio[0] / ratio[1]
