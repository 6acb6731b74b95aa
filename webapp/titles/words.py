"""Areas and ratios as people read them; a ratio is cut and never rounded, so that 3.00996 % never reads as 3 %."""

from __future__ import annotations

from fractions import Fraction

from webapp.formatting import NOTHING
from webapp.wording import word


def square_metres(hundredths: int | None) -> str:
    """Hundredths of a square metre: 104.50 m²."""
    return NOTHING if hundredths is None else f"{hundredths // 100:,}.{hundredths % 100:02d} m²"


def fraction_percent(ratio: Fraction | None) -> str:
    """A ratio in per cent with its sign, to three decimals or, near a whole number, to five."""
    if ratio is None:
        return NOTHING
    cut = int(abs(ratio) * 10_000_000)
    whole, rest = divmod(cut, 100_000)
    digits = f"{rest:05d}"
    shown = digits[:3] if digits[:2] != "00" or rest == 0 else digits
    sign = "−" if ratio < 0 else "+" if ratio > 0 else ""
    return f"{sign}{whole}.{shown} %"


def title_paper(code: str) -> str:
    """A paper of the registry's checklist in words."""
    return word(f"title_paper.{code}")


def daily_rate(rate: Fraction) -> str:
    """A rate a day in per cent, exact: 1/10000 is 0.01 %."""
    digits = f"{float(rate * 100):.6f}".rstrip("0").rstrip(".")
    return f"{digits} %"
