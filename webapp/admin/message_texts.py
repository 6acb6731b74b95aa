"""Texts of messages (消息模板): what is sent on which channel in which language, changed with a preview."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from channels.sms import segments
from kernel.actor import Actor
from kernel.errors import Invalid
from ledger.messages.errors import TemplateChanged
from ledger.messages.samples import sample_of, sampled
from ledger.messages.templates import (
    check_part,
    edit_template,
    fill,
    longest_of,
    marks_in,
    shipped_templates,
    written,
)
from ledger.messages.texts import Text, TextVersion, get_text, list_texts, versions_of
from ledger.organisation.parameters import REVIEW_MESSAGE_TEXTS
from ledger.organisation.queries import top_path
from ledger.reviews.marks import is_marked
from ledger.reviews.message_texts import FIELDS, record_of
from ledger.reviews.second_person import has_second_person, missing_reviewer
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.entries import Entries
from webapp.language import current_language
from webapp.once import once
from webapp.reviews.marks import reason_field, waiting_below, waits_of
from webapp.reviews.proposing import is_change, proposed
from webapp.reviews.words import MESSAGE_RIGHTS, language_name
from webapp.wording import state_name, word

pages = Blueprint("message_texts", __name__, url_prefix="/admin/messages")

Answer = str | tuple[str, int] | Response
CHANNELS = ("sms", "mail", "in_app")
LANGUAGES = ("zh", "en")
_KIND = "message_texts"


def _require_reader(actor: Actor) -> None:
    """Raise `NotAllowed` for who neither manages nor reviews texts anywhere."""
    if not any(actor.may_anywhere(right) for right in MESSAGE_RIGHTS):
        actor.require(Permission.MESSAGES_MANAGE)


@dataclass(frozen=True)
class Line:
    """A kind of message on one channel, with its texts by language; ``title`` is its subject, filled."""

    code: str
    channel: str
    title: str
    texts: dict[str, Text]


@pages.get("/")
def index() -> str:
    """Every kind of message by channel and language; narrowed by channel and by words of the texts."""
    channel, words = request.args.get("channel", ""), request.args.get("q", "").strip().casefold()
    with reading() as (session, actor):
        _require_reader(actor)
        lines = [one for one in _lines(list_texts(session)) if _has(one, words)]
        return render_template(
            "admin/message_texts.html",
            lines=[one for one in lines if channel not in CHANNELS or one.channel == channel],
            counts={name: sum(one.channel == name for one in lines) for name in CHANNELS},
            channel=channel if channel in CHANNELS else "",
            language=current_language(),
            languages=[(code, language_name(code)) for code in LANGUAGES],
            waiting={one.change.record_id for one in waiting_below(session, actor, _KIND, "")},
        )


def _lines(texts: Sequence[Text]) -> list[Line]:
    found: dict[tuple[str, str], dict[str, Text]] = {}
    for text in texts:
        found.setdefault((text.code, text.channel), {})[text.language] = text
    language = current_language()
    return [
        Line(code, channel, sampled(some[language].subject, code, language), some)
        for (code, channel), some in found.items()
    ]


def _has(line: Line, words: str) -> bool:
    parts = (part for text in line.texts.values() for part in (text.subject, text.body))
    return words in line.code or any(words in part.casefold() for part in parts)


@pages.get("/<code>/<channel>/<language>")
def show(code: str, channel: str, language: str) -> str:
    """One text: its form, how it reads, its marks, its versions."""
    with reading() as (session, actor):
        return _page(session, actor, get_text(session, code, channel, language), Entries())


def _page(session: Session, actor: Actor, text: Text, entries: Entries) -> str:
    _require_reader(actor)
    marked = _is_marked(session)
    versions = versions_of(session, text.code, text.channel, text.language)
    people = {person for one in versions for person in (one.by, one.reviewed_by) if person}
    typed = {name: request.form.get(name, getattr(text, name)) for name in FIELDS}
    may_edit = actor.may(Permission.MESSAGES_MANAGE)
    return render_template(
        "admin/message_text.html",
        text=text,
        title=sampled(text.subject, text.code, text.language),
        others=[one for one in list_texts(session) if one.code == text.code],
        fields=_fields(text, typed, entries, marked=marked),
        may_edit=may_edit,
        marked=marked,
        alone=_alone(session, actor) if marked and may_edit else None,
        waits=waits_of(session, actor, _KIND, record_of(text.code, text.channel, text.language)),
        marks=_marks(text, typed),
        preview=_preview(text.code, text.channel, text.language, typed),
        versions=[(one, _shown(one, text.code, text.language)) for one in versions],
        people=staff.names(session, people),
        language_name=language_name,
    )


def _is_marked(session: Session) -> bool:
    return is_marked(session, clock(), REVIEW_MESSAGE_TEXTS, top_path(session))


def _alone(session: Session, actor: Actor) -> str | None:
    """What is to be done first where nobody else may review a change."""
    if has_second_person(session, clock(), _KIND, "/", (actor.id, actor.on_behalf_of)):
        return None
    refused = missing_reviewer(session, _KIND, "/")
    return word(refused.code, refused.params)


def _fields(text: Text, typed: dict[str, str], entries: Entries, *, marked: bool) -> list[dict[str, Any]]:
    reason = request.form.get("reason")
    fields: list[dict[str, Any]] = [
        {"name": "subject", "kind": "text", "label": _("Subject"), "required": True, "wide": True,
         "max_length": longest_of(text.channel, "subject"), "autocomplete": "off"},
        {"name": "body", "kind": "textarea", "label": _("Text"), "required": True, "lines": 8,
         "max_length": longest_of(text.channel, "body"),
         "help": _("Values are put in where a mark stands, such as {{%(mark)s}}.", mark=_first_mark(text.code))},
    ]  # fmt: skip
    for field in fields:
        field |= {"value": typed[field["name"]], "error": entries.errors.get(field["name"])}
    why = entries.errors.get("reason")
    if marked:
        return [*fields, reason_field(given=reason, error=why)]
    return [*fields, {"name": "reason", "kind": "text", "label": _("Reason"), "wide": True, "max_length": 500,
                      "optional": True, "value": reason or "", "error": why}]  # fmt: skip


def _first_mark(code: str) -> str:
    return next(iter(shipped_templates()[code].marks), "name")


@dataclass(frozen=True)
class Mark:
    """A mark that may stand in a text: what it stands for, how it would read, whether the text has it."""

    name: str
    label: str
    sample: str
    used: bool


def _marks(text: Text, typed: dict[str, str]) -> list[Mark]:
    used = set().union(*(marks_in(part) for part in typed.values()))
    return [
        Mark(name, state_name(f"message_mark.{name}"), _sample(name, text.language), name in used)
        for name in shipped_templates()[text.code].marks
    ]


def _sample(name: str, language: str) -> str:
    return fill(f"{{{{{name}}}}}", {name: sample_of(name, language)}, language=language)


@dataclass(frozen=True)
class Preview:
    """How a text reads with sample values, and what speaks against it by field; ``parts`` of a text message."""

    subject: str
    body: str
    characters: int
    parts: int | None
    errors: dict[str, str]


def _preview(code: str, channel: str, language: str, typed: dict[str, str]) -> Preview:
    entries, read = Entries(), {name: written(typed[name], name) for name in FIELDS}
    for name, text in read.items():
        entries.read(name, lambda field, text=text: _check(text, code, channel, language, field))
    shown = {name: "" if name in entries.errors else sampled(text, code, language) for name, text in read.items()}
    parts = segments(shown["body"]) if channel == "sms" and shown["body"] else None
    return Preview(shown["subject"], shown["body"], len(shown["body"]), parts, entries.errors)


def _check(text: str, code: str, channel: str, language: str, field: str) -> None:
    check_part(text, code=code, channel=channel, language=language, field=field)


def _shown(version: TextVersion, code: str, language: str) -> list[tuple[str, str | None, str]]:
    """The parts that a version has changed: label, before, after."""
    pairs = (
        (_("Subject"), version.subject_before, version.subject),
        (_("Text"), version.body_before, version.body),
    )
    return [(label, before, after) for label, before, after in pairs if before != after]


@pages.post("/<code>/<channel>/<language>/preview")
def preview(code: str, channel: str, language: str) -> str:
    """How a text that is being typed would read; nothing is kept."""
    with reading() as (session, actor):
        _require_reader(actor)
        text = get_text(session, code, channel, language)
        typed = {name: request.form.get(name, "")[: 2 * longest_of(channel, name)] for name in FIELDS}
        return render_template(
            "admin/_message_preview.html",
            text=text,
            preview=_preview(code, channel, language, typed),
            marks=_marks(text, typed),
        )


@pages.post("/<code>/<channel>/<language>")
def change(code: str, channel: str, language: str) -> Answer:
    """Make a new version, or propose it where texts are under review."""
    entries, status = Entries(), 422
    try:
        with acting() as (session, actor):
            text = get_text(session, code, channel, language)
            address = once(session, actor, clock(), lambda: _change(session, actor, text))
        waits = _("The change is proposed; a second person reviews it.")
        flash(waits if is_change(address) else _("The text is changed."), "success")
        return redirect(address)
    except Invalid as refused:
        entries.refuse(refused)
    except TemplateChanged as newer:
        entries.errors["body"], status = word(newer.code, newer.params), 409
    with reading() as (session, actor):
        return _page(session, actor, get_text(session, code, channel, language), entries), status


def _change(session: Session, actor: Actor, text: Text) -> str:
    actor.require(Permission.MESSAGES_MANAGE)
    values = {name: written(request.form.get(name, ""), name) for name in FIELDS}
    reason = request.form.get("reason", "").strip() or None
    if _is_marked(session):
        record = record_of(text.code, text.channel, text.language)
        return proposed(session, actor, _KIND, record, values, reason)
    edit_template(
        session,
        actor,
        clock(),
        code=text.code,
        channel=text.channel,
        language=text.language,
        **values,
        reason=(reason or "")[:500] or None,
        seen=_seen(),
    )
    return url_for("message_texts.show", code=text.code, channel=text.channel, language=text.language)


def _seen() -> int | None:
    """The version that stood on the page."""
    number = request.form.get("revision", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 9 else None
