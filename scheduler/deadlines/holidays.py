"""Legal holidays of a country, with their changes of law, as a mapping of dates. The only user of `holidays`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from holidays import country_holidays, list_supported_countries


def is_known_country(country: str) -> bool:
    """Tell whether the country's holidays are known."""
    return country in list_supported_countries()


def legal_holidays(country: str, years: Iterable[int], language: str) -> Mapping[date, str]:
    """Return the nationwide legal holidays of those years, by day, with their names in the office's language."""
    locale = {"it": "it_IT", "en": "en_US"}[language] if country == "IT" else None
    return dict(country_holidays(country, years=list(years), language=locale))
