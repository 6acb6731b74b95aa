"""Proposed changes in words: what each is about, and every field before and after."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.customers import queries as customers
from ledger.organisation.models import OrgNode
from ledger.organisation.parameters import find_parameter
from ledger.organisation.queries import parameter
from ledger.reviews.plans import lines_of
from ledger.reviews.queries import ChangeRow
from ledger.scope import paths_above
from ledger.staff.permissions import Permission
from webapp.formatting import NOTHING, day
from webapp.language import current_language
from webapp.parameter_words import label_of, shown, stored
from webapp.plan_words import due_words, share_words
from webapp.wording import state_name

MESSAGE_RIGHTS = (Permission.MESSAGES_MANAGE, Permission.MESSAGES_REVIEW)
LONG = ("lines", "body")


@dataclass(frozen=True)
class Record:
    """What a change is about: its title, the place, and its page for who may open it."""

    title: str
    place: str
    url: str | None


@dataclass(frozen=True)
class FieldWords:
    """A field of a change in words; ``now`` stands where the record has become another since."""

    name: str
    label: str
    before: Any
    after: Any
    differs: bool
    now: Any

    @property
    def is_new(self) -> bool:
        """Whether nothing stood there before."""
        return bool(self.before == NOTHING)

    @property
    def is_long(self) -> bool:
        """Whether it is too long for a list."""
        return self.name in LONG


def fields_of(change: ChangeRow, inherited: Any = None) -> list[FieldWords]:
    """The fields in words; ``inherited`` is the value of a parameter that its node has not set."""
    say = _sayer(change, inherited)
    return [
        FieldWords(
            one.name,
            state_name(f"change_field.{one.name}"),
            say(one.name, one.before),
            say(one.name, one.after),
            one.differs,
            say(one.name, one.now),
        )
        for one in change.fields
    ]


def inherited_by(session: Session, change: ChangeRow, today: date) -> Any:
    """What holds at the nodes above where a parameter's change gives no value; None for another kind."""
    if change.kind != "parameters":
        return None
    return parameter(session, paths_above(change.path)[1], change.record_id.partition(":")[2], today)


def _sayer(change: ChangeRow, inherited: Any) -> Callable[[str, Any], Any]:
    if change.kind != "parameters":
        return _plain
    definition = find_parameter(change.record_id.partition(":")[2])

    def say(name: str, value: Any) -> Any:
        if name != "value":
            return _plain(name, value)
        if value is None and inherited is not None:
            return _("inherited: %(value)s", value=shown(definition, inherited))
        return stored(definition, value)

    return say


def _plain(name: str, value: Any) -> Any:
    if value in (None, "", []):
        return NOTHING
    if name in ("kind", "state", "id_type"):
        return state_name(f"{ {'kind': 'plan_kind', 'state': 'plan', 'id_type': 'id_type'}[name] }.{value}")
    if name == "effective_from":
        return day(date.fromisoformat(value))
    return _lines(value) if name == "lines" else value


def _lines(rows: Sequence[Mapping[str, Any]]) -> Markup:
    told = [
        f"{state_name(f'receivable_kind.{line.kind}')} · {share_words(line)} · {due_words(line)}"
        for line in lines_of([dict(row) for row in rows])
    ]
    return Markup("<br>").join(told)


def records_of(session: Session, actor: Actor, changes: Sequence[ChangeRow]) -> dict[str, Record]:
    """What several changes are about, by change, in two queries however many there are."""
    people = customers.names(session, {one.customer_id for one in changes if one.customer_id})
    wanted = {_node_id(one) for one in changes} - {""}
    nodes = {node.id: node for node in session.scalars(select(OrgNode).where(OrgNode.id.in_(wanted)))}
    return {one.id: _record(actor, one, people, nodes) for one in changes}


def _node_id(change: ChangeRow) -> str:
    return change.record_id.partition(":")[0] if change.kind in ("parameters", "plans") else ""


def _record(actor: Actor, change: ChangeRow, people: Mapping[str, str], nodes: Mapping[str, OrgNode]) -> Record:
    if change.customer_id is not None:
        address = url_for("customers.show", customer_id=change.customer_id)
        return Record(people.get(change.customer_id, NOTHING), "", address)
    node_id, _colon, rest = change.record_id.partition(":")
    node = nodes.get(node_id)
    place = node.name if node else ""
    if change.kind == "parameters":
        address = url_for("organisation.parameter", node_id=node_id, name=rest)
        may = actor.may(Permission.ORGANISATION_MANAGE, change.path)
        return Record(label_of(find_parameter(rest)), place, address if may else None)
    if change.kind == "plans":
        return Record(_plan_name(change) or rest, place, url_for("plans.index", project=node_id))
    code, channel, language = change.record_id.split("/")
    address = url_for("message_texts.show", code=code, channel=channel, language=language)
    place = f"{state_name(f'message_channel.{channel}')} · {language_name(language)}"
    return Record(code, place, address if any(map(actor.may_anywhere, MESSAGE_RIGHTS)) else None)


def _plan_name(change: ChangeRow) -> str:
    """What the plan is to be called, else its code."""
    names = {one.name: one.after or one.before for one in change.fields if one.name.startswith("label_")}
    return str(names.get(f"label_{current_language()}") or next(iter(names.values()), ""))


def language_name(code: str) -> str:
    """A language in the reader's own."""
    return {"zh": _("Chinese"), "en": _("English")}.get(code, code)
