"""Calculations that several processes use: business days, deadlines, instants as text."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from engine.api import Context
from kernel.clock import business_date, start_of_day


def today(ctx: Context, zone: str) -> date:
    """Today's date where the project is."""
    return business_date(ctx.clock, zone)


def end_of_day(day: date, zone: str) -> datetime:
    """The instant at which a business day is over: a deadline "by the 7th" lapses when the 8th begins."""
    return start_of_day(day + timedelta(days=1), zone)


def days_from_today(ctx: Context, days: int, zone: str) -> date:
    """The calendar day ``days`` after today."""
    return today(ctx, zone) + timedelta(days=days)


def working_day_after(ctx: Context, days: int, zone: str) -> date:
    """The day ``days`` working days after today."""
    return ctx.calendar.add_working_days(today(ctx, zone), days)


def instant_text(instant: datetime) -> str:
    """An instant as process data holds it: ISO, UTC, whole seconds."""
    return instant.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
