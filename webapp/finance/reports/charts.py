"""What charts are drawn from: numbers in fen with names, tones and links, as `frontend/src/charts.js` wants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from webapp.language import current_language

AGE_TONES = ("blue", "yellow", "orange", "red", "pink", "purple", "indigo", "cyan", "teal")
_TEN_THOUSAND, _HUNDRED_MILLION = 1_000_000, 10_000_000_000
_THOUSAND, _MILLION = 100_000, 100_000_000


@dataclass(frozen=True)
class Series:
    """One row of numbers; ``share`` are basis points on an axis of their own, else fen. None leaves a gap."""

    name: str
    tone: str
    values: Sequence[int | None]
    links: Sequence[str] = field(default=())
    line: bool = False
    share: bool = False

    def plain(self) -> dict[str, Any]:
        """As the page carries it."""
        more = {"kind": "line"} if self.line else {}
        return {
            "name": self.name,
            "tone": self.tone,
            "values": list(self.values),
            "links": list(self.links),
            "share": self.share,
            **more,
        }


def bars(
    categories: Sequence[str], series: Sequence[Series], *, stacked: bool = False, across: bool = False
) -> dict[str, Any]:
    """Bars over categories; with ``across`` they lie, which leaves room for long names."""
    money = [abs(value or 0) for one in series if not one.share for value in one.values]
    divisor, unit = _scale(max(money, default=0))
    return {
        "kind": "bar",
        "stacked": stacked,
        "across": across,
        "categories": list(categories),
        "divisor": divisor,
        "unit": unit,
        "series": [one.plain() for one in series],
    }


def _scale(largest_fen: int) -> tuple[int, str]:
    """Fen in one unit of the axis, and what the unit is called."""
    if current_language() == "zh":
        return (_HUNDRED_MILLION, "亿元") if largest_fen >= _HUNDRED_MILLION else (_TEN_THOUSAND, "万元")
    return (_MILLION, _("CNY million")) if largest_fen >= _MILLION else (_THOUSAND, _("CNY thousand"))
