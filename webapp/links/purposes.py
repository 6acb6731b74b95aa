"""What each kind of link shows and does: one page and one act for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from engine.api import Engine, Withdrawal
from forms.describe import Refusals
from forms.posted import read_posted
from kernel.errors import AnswersInvalid, Missing
from ledger.customers.masking import mask_numbers
from webapp.inbox.copied import copied_values
from webapp.inbox.people import names_of
from webapp.links.offers import ANSWER, DECIDE, READ, choice_of, form_of
from webapp.links.opening import Opened
from webapp.links.page import covered, facts_of, fields_of

Typed = Mapping[str, Any]


@dataclass(frozen=True)
class Purpose:
    """``typed`` reads what was sent; ``act`` does it and returns what the link was used for, as a code."""

    template: str
    typed: Callable[[Opened, MultiDict[str, str]], Typed]
    values: Callable[[Session, Opened, Typed | None, Refusals | None], dict[str, Any]]
    act: Callable[[Engine, Opened, Typed], str]


def _decision(opened: Opened, form: MultiDict[str, str]) -> Typed:
    return read_posted(form_of(opened.task.task).model, form.items(multi=True))


def _decide_values(
    session: Session, opened: Opened, typed: Typed | None, errors: Refusals | None
) -> dict[str, Any]:
    return {**facts_of(session, opened), "fields": fields_of(session, opened, typed, errors)}


def _decide(engine: Engine, opened: Opened, typed: Typed) -> str:
    link, choice = opened.link, choice_of(opened.task.task.form_key)
    engine.complete_by_link(link.task_id, dict(typed), revision=link.revision, channel=link.channel)
    return str(typed.get(choice.key, "")) if choice is not None else ""


def _answer(_opened: Opened, form: MultiDict[str, str]) -> Typed:
    return {name: form.get(name, "").strip() for name in ("grant", "words")}


def _answer_values(
    session: Session, opened: Opened, typed: Typed | None, errors: Refusals | None
) -> dict[str, Any]:
    request, known, given = _request(opened), errors or {}, typed or {}
    names = names_of(session, {request.by})
    fields: list[dict[str, Any]] = [
        {"name": "grant", "kind": "radio", "look": "cards", "label": _("Your answer"), "required": True,
         "value": given.get("grant"), "error": _("Choose one.") if "grant" in known else None, "options": [
            {"value": "granted", "label": _("Let it go back"),
             "help": _("Your task ends, and the case goes back at once.")},
            {"value": "refused", "label": _("Refuse"), "help": _("The case stays with you. Say why.")},
        ]},
        {"name": "words", "kind": "textarea", "label": _("Words to it"), "max_length": 500,
         "value": given.get("words", ""), "error": _("Say why you refuse.") if "words" in known else None},
    ]  # fmt: skip
    asked = {"who": names.get(request.by, "—"), "reason": mask_numbers(request.reason), "at": request.at}
    return {**facts_of(session, opened), "asked": asked, "fields": fields}


def _give_answer(engine: Engine, opened: Opened, typed: Typed) -> str:
    grant, words = typed.get("grant"), str(typed.get("words", ""))
    if grant not in ("granted", "refused"):
        raise AnswersInvalid({"grant": [("required", {})]})
    if grant == "refused" and not words:
        raise AnswersInvalid({"words": [("reason_missing", {})]})
    link = opened.link
    engine.answer_by_link(link.subject_id, grant=grant == "granted", answer=words, channel=link.channel)
    return str(grant)


def _request(opened: Opened) -> Withdrawal:
    for one in opened.requests:
        if one.id == opened.link.subject_id:
            return one
    raise Missing("link_unknown")


def _nothing(_opened: Opened, _form: MultiDict[str, str]) -> Typed:
    return {}


def _read_values(
    session: Session, opened: Opened, _typed: Typed | None, _errors: Refusals | None
) -> dict[str, Any]:
    if opened.copy is None:
        raise Missing("link_unknown")
    told: dict[str, Any] = {"reader_name": opened.actor.name, "expires_at": opened.link.expires_at}
    told["note"] = mask_numbers(opened.copy.note)
    return {**copied_values(session, opened.actor, opened.copy, covered), **told}


def _read(engine: Engine, opened: Opened, _typed: Typed) -> str:
    engine.read_by_link(opened.link.subject_id, channel=opened.link.channel)
    return "read"


PURPOSES = {
    DECIDE: Purpose("links/decide.html", _decision, _decide_values, _decide),
    ANSWER: Purpose("links/answer.html", _answer, _answer_values, _give_answer),
    READ: Purpose("links/read.html", _nothing, _read_values, _read),
}
