"""How values look to people: money, shares, dates, masked personal data, in the reader's language.

Money comes as integer fen, discounts and rates as basis points, areas as hundredths of a square metre, instants
in UTC; dates and times are shown in the zone of the project.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal
from flask import Flask, current_app
from flask_babel import gettext, ngettext
from jinja2 import pass_context
from markupsafe import Markup

from webapp.language import current_language

NOTHING = "—"
_NO_VALUE = Markup("—")
_DAY = {"zh": "yyyy-MM-dd", "en": "d MMM yyyy"}
_LONG_DAY = {"zh": "yyyy年M月d日 EEEE", "en": "EEEE, d MMMM yyyy"}
_MOMENT = {"zh": "yyyy-MM-dd HH:mm", "en": "d MMM yyyy, HH:mm"}
_HUNDRED_MILLION_YUAN = 10_000_000_000
_TEN_THOUSAND_YUAN = 1_000_000
_MILLION_YUAN = 100_000_000
_BILLION_YUAN = 1_000 * _MILLION_YUAN
_SOON_DAYS = 3


def yuan(fen: int) -> str:
    """Plain grouped yuan with two decimals, no sign of currency: ``1,234,567.50``."""
    sign = "-" if fen < 0 else ""
    whole, rest = divmod(abs(fen), 100)
    return f"{sign}{whole:,}.{rest:02d}"


def money(fen: int | None) -> Markup:
    """``¥1,234,567.50`` from fen; a minus stands before the sign of currency."""
    if fen is None:
        return _NO_VALUE
    tone = " kt-money-negative" if fen < 0 else ""
    sign = "−" if fen < 0 else ""
    return Markup('<span class="kt-money{}">{}¥{}</span>').format(tone, sign, yuan(abs(fen)))


def money_short(fen: int | None) -> Markup:
    """Compact money with the full sum as title: ``¥123.5万`` / ``¥1.23亿`` in Chinese, ``¥1.24M`` in English."""
    if fen is None:
        return _NO_VALUE
    return Markup('<span class="kt-money" title="¥{}">{}¥{}</span>').format(
        yuan(fen), "−" if fen < 0 else "", _compact(abs(fen))
    )


def _compact(fen: int) -> str:
    if current_language() == "zh":
        if fen >= _HUNDRED_MILLION_YUAN:
            return f"{fen / _HUNDRED_MILLION_YUAN:,.2f}亿"
        if fen >= _TEN_THOUSAND_YUAN:
            return f"{fen / _TEN_THOUSAND_YUAN:,.1f}万"
    elif fen >= _BILLION_YUAN:
        return f"{fen / _BILLION_YUAN:,.2f}B"
    elif fen >= _MILLION_YUAN:
        return f"{fen / _MILLION_YUAN:,.2f}M"
    return yuan(fen)


def percent(basis_points: int | None) -> str:
    """``96.5%`` from 9650 basis points."""
    if basis_points is None:
        return NOTHING
    return f"{basis_points / 100:.2f}".rstrip("0").rstrip(".") + "%"


def discount(basis_points: int | None) -> str:
    """What is paid of the list price: ``9.65折`` or ``无折扣`` in Chinese, ``96.5%`` in English."""
    if basis_points is None or current_language() != "zh":
        return percent(basis_points)
    if basis_points == 10_000:
        return "无折扣"
    return f"{basis_points / 1000:.3f}".rstrip("0").rstrip(".") + "折"


def area(hundredths: int | None) -> str:
    """``89.32 m²`` from hundredths of a square metre."""
    return NOTHING if hundredths is None else f"{hundredths // 100:,}.{hundredths % 100:02d} m²"


def number(value: float | None) -> str:
    """A grouped number."""
    return NOTHING if value is None else str(format_decimal(value, locale="en"))


def share(numerator: int | None, denominator: int | None) -> str:
    """A buyer's share: ``50%`` when it is a whole percentage, ``1/3`` otherwise."""
    if not numerator or not denominator:
        return NOTHING
    whole, rest = divmod(numerator * 100, denominator)
    return f"{numerator}/{denominator}" if rest else f"{whole}%"


def project_zone() -> ZoneInfo:
    """The zone in which dates and times are shown unless a project says otherwise."""
    return ZoneInfo(current_app.extensions["keyturn.settings"].zone)


def _present() -> datetime:
    now: datetime = current_app.extensions["keyturn.clock"].now()
    return now


def local_time(value: datetime, zone: str | None = None) -> datetime:
    """An instant (UTC when naive) in the project's zone."""
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return aware.astimezone(ZoneInfo(zone) if zone else project_zone())


def _as_date(value: date | datetime | str, zone: str | None = None) -> date:
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if len(value) > len("2026-03-02") else date.fromisoformat(value)
    return local_time(value, zone).date() if isinstance(value, datetime) else value


def day(value: date | datetime | str | None, zone: str | None = None, *, long: bool = False) -> str:
    """``2026-03-02`` in Chinese, ``2 Mar 2026`` in English; ``long`` adds the weekday."""
    if value is None:
        return NOTHING
    language = current_language()
    pattern = (_LONG_DAY if long else _DAY)[language]
    return format_date(_as_date(value, zone), pattern, locale=language)


def moment(value: datetime | str | None, zone: str | None = None) -> str:
    """Date and time to the minute in the project's zone."""
    if value is None:
        return NOTHING
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    language = current_language()
    return format_datetime(local_time(instant, zone), _MOMENT[language], locale=language)


def clock_time(value: datetime, zone: str | None = None) -> str:
    """The time of day to the minute in the project's zone, ``10:32``."""
    return f"{local_time(value, zone):%H:%M}"


def when(value: datetime | None, zone: str | None = None) -> Markup:
    """How long ago or ahead, with the exact instant as title, as a ``<time>`` element."""
    if value is None:
        return _NO_VALUE
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    words = format_timedelta(aware - _present(), add_direction=True, locale=current_language())
    return Markup('<time datetime="{}" title="{}">{}</time>').format(aware.isoformat(), moment(aware, zone), words)


@dataclass(frozen=True)
class Due:
    """A due date in words: ``days`` from today (negative when late), a tone and an icon for the badge."""

    days: int
    words: str
    tone: str
    icon: str


def due(
    value: date | datetime | str | None, zone: str | None = None, *, warn_at: datetime | None = None
) -> Due | None:
    """How a due date stands today, in the project's zone; it stands out from ``warn_at``, else days before."""
    if value is None:
        return None
    zone_name = zone or current_app.extensions["keyturn.settings"].zone
    days = (_as_date(value, zone_name) - _present().astimezone(ZoneInfo(zone_name)).date()).days
    if days < 0:
        return Due(days, ngettext("%(num)d day late", "%(num)d days late", -days), "red", "alert-triangle")
    if days == 0 and isinstance(value, datetime) and value.tzinfo and value < _present():
        time = value.astimezone(ZoneInfo(zone_name)).strftime("%H:%M")
        return Due(days, gettext("Late since %(time)s", time=time), "red", "alert-triangle")
    near = days <= _SOON_DAYS if warn_at is None else warn_at <= _present()
    tone = ("orange" if days == 0 else "yellow") if near else "neutral"
    if days == 0:
        return Due(days, gettext("Due today"), tone, "clock")
    if days == 1:
        return Due(days, gettext("Due tomorrow"), tone, "clock")
    return Due(days, ngettext("In %(num)d day", "In %(num)d days", days), tone, "clock")


def masked_phone(value: str | None) -> str:
    """``138****1234``."""
    if not value:
        return NOTHING
    return f"{value[:3]}****{value[-4:]}" if len(value) > 7 else f"***{value[-2:]}"


def masked_id(value: str | None) -> str:
    """``310***********1234``."""
    if not value:
        return NOTHING
    hidden = max(len(value) - 7, 3)
    return f"{value[:3]}{'*' * hidden}{value[-4:]}" if len(value) > 8 else "*" * len(value)


def initials(name: str | None) -> str:
    """One or two letters for an avatar: the given name's end in Chinese, first letters otherwise."""
    words = (name or "").split()
    if not words:
        return "?"
    if not words[0].isascii():
        return words[0][-1]
    return "".join(word[0] for word in words[:2]).upper()


def labelled(thing: Any, attribute: str = "name") -> str:
    """An analyst's own word for a thing in the reader's language.

    Reads ``<attribute>_labels`` (language → text) and falls back to ``<attribute>``; takes objects and mappings.
    """
    read = thing.get if isinstance(thing, Mapping) else lambda key: getattr(thing, key, None)
    labels = read(f"{attribute}_labels") or {}
    return str(labels.get(current_language()) or read(attribute) or "")


def file_size(size: int | None) -> str:
    """``1.4 MB``."""
    if size is None:
        return NOTHING
    if size < 1024:
        return f"{size} B"
    return f"{size / 1024:.0f} KB" if size < 1024**2 else f"{size / 1024**2:.1f} MB"


FILTERS = {
    "yuan": yuan,
    "money": money,
    "money_short": money_short,
    "percent": percent,
    "discount": discount,
    "area": area,
    "number": number,
    "day": day,
    "clock_time": clock_time,
    "moment": moment,
    "when": when,
    "due": due,
    "masked_phone": masked_phone,
    "masked_id": masked_id,
    "initials": initials,
    "labelled": labelled,
    "file_size": file_size,
}


def _in_context(show: Callable[..., Any]) -> Callable[..., Any]:
    """Keep Jinja from computing a filter of a constant when it compiles the page, in no reader's language."""

    @pass_context
    @wraps(show)
    def filtered(_context: object, *args: Any, **options: Any) -> Any:
        return show(*args, **options)

    return filtered


def install(app: Flask) -> None:
    """Give the filters to the templates."""
    app.jinja_env.filters.update({name: _in_context(show) for name, show in FILTERS.items()})
    app.add_template_global(share)
