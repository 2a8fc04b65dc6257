"""Amounts of money: exact until they are rounded, once, as their currency has it."""

from decimal import Decimal
from fractions import Fraction
from math import floor

from exporter.errors import nearest

_CENTS = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK
DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD
KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP
PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH
USD UYU UZS VED VES WST XCD YER ZAR ZMW ZWG
"""
_WHOLE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"
_TEN_THOUSANDTHS = "CLF UYW"

PLACES = {
    code: places
    for places, codes in ((0, _WHOLE), (2, _CENTS), (3, _THOUSANDTHS), (4, _TEN_THOUSANDTHS))
    for code in codes.split()
}
"""Decimal places of each currency, by its code (ISO 4217)."""


def places_of(currency: str) -> int:
    """Decimal places of a currency.

    Raises:
        ValueError: There is none of that code.
    """
    if currency not in PLACES:
        hint = nearest(currency, list(PLACES)) or "; write its code of ISO 4217, such as EUR"
        msg = f"`{currency}` is no currency{hint}"
        raise ValueError(msg)
    return PLACES[currency]


def rounded(amount: Fraction, currency: str) -> Decimal:
    """Round an amount >= 0 to what can be paid in a currency; half of it goes up, as bills have it."""
    places = places_of(currency)
    units = floor(amount * 10**places + Fraction(1, 2))
    return Decimal((0, tuple(map(int, str(units))), -places))  # not scaleb, which keeps 28 digits
