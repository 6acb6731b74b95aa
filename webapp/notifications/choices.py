"""The page of one's choices: a table of kinds and channels, quiet hours, times of digests."""

from __future__ import annotations

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from babel.dates import get_timezone_location
from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from kernel.errors import Missing
from ledger.notices.errors import NoticeInvalid
from ledger.notices.kinds import KINDS, NoticeKind
from ledger.notices.settings import MOST_DIGESTS, Settings, save_settings, settings_of
from ledger.staff.queries import address_of, get_account
from webapp.acting import acting, clock, reading
from webapp.entries import Entries
from webapp.language import current_language
from webapp.links.tokens import revoke_links
from webapp.notifications.pages import pages
from webapp.notifications.reaching import not_reached

ZONES = (
    "Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Singapore", "Asia/Tokyo", "Asia/Dubai",
    "Europe/London", "Europe/Berlin", "America/New_York", "America/Los_Angeles", "Australia/Sydney", "UTC",
)  # fmt: skip


@pages.get("/account/notifications")
def choices() -> str:
    """My choices."""
    with reading() as (session, actor):
        return _page(settings_of(session, [actor.id])[actor.id], {})


@pages.post("/account/notifications")
def choose() -> Response | tuple[str, int]:
    """Keep my choices."""
    wanted = _posted()
    try:
        with acting() as (session, actor):
            save_settings(session, actor, clock(), wanted)
    except NoticeInvalid as refused:
        entries = Entries()
        entries.refuse(refused)
        return _page(wanted, entries.errors), 422
    flash(_("Your choices are kept."), "success")
    return redirect(url_for("notifications.choices"))  # type: ignore[return-value]


@pages.post("/account/notifications/links/revoke")
def revoke() -> Response:
    """Take back all links that let one decide without signing in."""
    with acting() as (session, actor):
        revoke_links(session, actor, clock())
    flash(_("All links in earlier messages are taken back."), "success")
    return redirect(url_for("notifications.choices"))  # type: ignore[return-value]


def _posted() -> Settings:
    form = request.form
    times = [form.get(f"digest_{number}", "").strip() for number in range(1, MOST_DIGESTS + 1)]
    return Settings(
        zone=form.get("zone", ""),
        quiet_from=form.get("quiet_from", "").strip() or None,
        quiet_to=form.get("quiet_to", "").strip() or None,
        digest_times=tuple(time for time in times if time),
        choices={kind.code: _own(kind) for kind in KINDS.values()},
    )


def _own(kind: NoticeKind) -> dict[str, Any]:
    """Only what differs from the usual is kept, so that a better usual reaches who never chose."""
    form = request.form
    usual = Settings().choice(kind)
    chosen = {
        "in_app": bool(form.get(f"in_app.{kind.code}")),
        "mail": form.get(f"mail.{kind.code}", usual.mail),
        "sms": kind.urgent and bool(form.get(f"sms.{kind.code}")),
    }
    return {name: value for name, value in chosen.items() if value != getattr(usual, name)}


def _page(settings: Settings, errors: dict[str, str]) -> str:
    language = current_language()
    with reading() as (session, actor):
        if get_account(session, actor.id) is None:
            raise Missing("staff_missing")
        known = {channel: address_of(session, actor.id, channel) for channel in ("mail", "sms")}
        lost = not_reached(session, [actor.id]).get(actor.id, [])
    return render_template(
        "notifications/choices.html",
        kinds=[(kind, kind.named(language), settings.choice(kind)) for kind in KINDS.values()],
        settings=settings,
        addresses={channel: _short(address) for channel, address in known.items()},
        not_reached=lost,
        zones=[(zone, _zone_name(zone, language)) for zone in sorted({*ZONES, settings.zone})],
        digests=[*settings.digest_times, *[""] * MOST_DIGESTS][:MOST_DIGESTS],
        errors=errors,
        mails=[("now", _("At once")), ("digest", _("In the digest")), ("off", _("No mail"))],
    )


@cache
def _zone_name(zone: str, language: str) -> str:
    """A time zone by its place, with its own name behind it."""
    if zone == "UTC" or zone not in available_timezones():
        return zone
    return f"{get_timezone_location(zone, locale=language)} · {zone}"


def _short(address: str | None) -> str:
    """An address that its owner recognises and nobody else could write to."""
    if not address:
        return ""
    if "@" in address:
        name, _at, domain = address.partition("@")
        return f"{name[:2]}***@{domain}"
    return f"{address[:3]}****{address[-4:]}"
