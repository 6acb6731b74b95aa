"""Proposing a payment plan (付款方式): its code, names and lines; somebody else approves it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from forms import fields as answers
from kernel.actor import Actor
from kernel.errors import Invalid
from ledger.finance.kinds import PlanKind, ReceivableKind, ShareKind, TriggerKind
from ledger.finance.operations import propose_plan
from ledger.finance.plans import PlanLine, Share, Trigger
from ledger.organisation.models import Project
from ledger.organisation.parameters import REVIEW_PLANS
from ledger.organisation.queries import get_project
from ledger.reviews.marks import is_marked
from ledger.reviews.plans import line_values, record_of
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.admin.plans import pages
from webapp.entries import Entries, filled, typed, typed_basis_points, typed_fen
from webapp.once import once
from webapp.reviews.marks import reason_field
from webapp.reviews.proposing import proposed
from webapp.wording import state_name

MOST_LINES = 12
_LATEST_DAYS = 3_650
_LINE_KINDS = (
    ReceivableKind.DOWN_PAYMENT,
    ReceivableKind.INSTALMENT,
    ReceivableKind.LOAN,
    ReceivableKind.FUND,
)
_FIRST_LINE = {"kind": ReceivableKind.DOWN_PAYMENT, "share": ShareKind.REMAINDER, "days": "7"}
_NAMED = re.compile(r"lines-(\d{1,3})-kind")


@pages.get("/new")
def new() -> str:
    """The form, with one line to begin with."""
    return _page(Entries())


def _page(entries: Entries) -> str:
    with reading() as (session, actor):
        project = _project(session, actor)
        rows = [_row(number, entries.errors) for number in _numbers()]
        if request.method != "POST":
            rows = [_line_fields("0", _FIRST_LINE, {})]
        lines = {
            "name": "lines", "kind": "rows", "label": _("Lines"), "required": True, "min_rows": 1,
            "max_rows": MOST_LINES, "columns": _line_fields("__row__", {}, {}), "rows": rows,
            "add_label": _("Add a line"),
            "help": _("One line takes the remainder; loans are rounded down to ten thousand yuan."),
        }  # fmt: skip
        return render_template(
            "admin/plan_new.html",
            project=project,
            fields=filled([*_fields(), lines, *_reason(session, project, entries)], entries),
            rows=rows,
        )


def _project(session: Session, actor: Actor) -> Project:
    return get_project(session, actor, request.values.get("project", ""), Permission.PRICES_PROPOSE)


def _fields() -> list[dict[str, Any]]:
    kinds = [(kind.value, state_name(f"plan_kind.{kind}")) for kind in PlanKind]
    return [
        {"name": "code", "kind": "text", "label": _("Code"), "required": True, "max_length": 40,
         "help": _("The code of a plan that exists makes its next version.")},
        {"name": "kind", "kind": "select", "label": _("Kind of plan"), "required": True, "options": kinds},
        {"name": "label_zh", "kind": "text", "label": _("Name in Chinese"), "required": True, "max_length": 80},
        {"name": "label_en", "kind": "text", "label": _("Name in English"), "max_length": 80, "optional": True},
    ]  # fmt: skip


def _reason(session: Session, project: Project, entries: Entries) -> list[dict[str, Any]]:
    """Why, where plans are marked."""
    if not is_marked(session, clock(), REVIEW_PLANS, project.path):
        return []
    return [reason_field(given=None, error=entries.errors.get("reason"))]


def _numbers() -> list[str]:
    """The numbers of the rows that were sent, in order."""
    sent = {match[1] for name in request.form if (match := _NAMED.fullmatch(name))}
    return sorted(sent, key=int)[:MOST_LINES]


def _row(number: str, errors: Mapping[str, str]) -> list[dict[str, Any]]:
    names = ("kind", "share", "value", "days")
    return _line_fields(number, {name: request.form.get(f"lines-{number}-{name}", "") for name in names}, errors)


def _line_fields(number: str, given: Mapping[str, str], errors: Mapping[str, str]) -> list[dict[str, Any]]:
    kinds = [(kind.value, state_name(f"receivable_kind.{kind}")) for kind in _LINE_KINDS]
    shares = [
        (ShareKind.BASIS_POINTS.value, _("per cent of the price")),
        (ShareKind.FIXED.value, _("a fixed amount in yuan")),
        (ShareKind.REMAINDER.value, _("the remainder")),
    ]
    described: list[dict[str, Any]] = [
        {"name": "kind", "kind": "select", "label": _("Item owed"), "required": True, "options": kinds},
        {"name": "share", "kind": "select", "label": _("Share of the price"), "required": True,
         "options": shares},
        {"name": "value", "kind": "number", "label": _("Per cent or yuan"),
         "help": _("Empty for the remainder.")},
        {"name": "days", "kind": "integer", "label": _("Days after signing"), "required": True},
    ]  # fmt: skip
    for one in described:
        one["value"] = str(given.get(one["name"], ""))
        one["name"] = f"lines-{number}-{one['name']}"
        one["error"] = errors.get(one["name"])
    return described


@pages.post("/new")
def propose() -> Response | tuple[str, int]:
    """Propose the plan; what is refused stands beside its field."""
    numbers = _numbers()
    entries = Entries({"labels": "label_zh", **_places(numbers)})
    lines = [_line(number, entries) for number in numbers]
    if request.form.get("kind") not in list(PlanKind):
        entries.refuse(Invalid("choice_unknown", field="kind"))
    if not request.form.get("label_zh", "").strip():
        entries.refuse(Invalid("required", field="label_zh"))
    whole = [line for line in lines if line is not None]
    if not entries.errors:
        try:
            with acting() as (session, actor):
                address = once(session, actor, clock(), lambda: _propose(session, actor, whole))
            flash(_("The payment plan is proposed; another person approves it."), "success")
            return redirect(address)
        except Invalid as refused:
            entries.refuse(refused)
    return _page(entries), 422


def _places(numbers: list[str]) -> dict[str, str]:
    """Where in the form a refusal of the ledger stands, whose lines count from zero."""
    parts = {"kind": "kind", "share": "value", "trigger": "days"}
    return {
        f"lines.{index}.{part}": f"lines-{number}-{name}"
        for index, number in enumerate(numbers)
        for part, name in parts.items()
    }


def _line(number: str, entries: Entries) -> PlanLine | None:
    """One line as it was typed, or None with its refusals in ``entries``."""
    before = len(entries.errors)
    kind, share = (request.form.get(f"lines-{number}-{name}", "") for name in ("kind", "share"))
    if kind not in _LINE_KINDS:
        entries.refuse(Invalid("choice_unknown", field=f"lines-{number}-kind"))
    if share not in list(ShareKind):
        entries.refuse(Invalid("choice_unknown", field=f"lines-{number}-share"))
    value = entries.read(f"lines-{number}-value", lambda name: _value(name, share))
    days = entries.read(f"lines-{number}-days", _days)
    if len(entries.errors) > before:
        return None
    trigger = Trigger(TriggerKind.AFTER_SIGNING, days=days or 0)
    return PlanLine(ReceivableKind(kind), Share(ShareKind(share), value or 0), trigger)


def _value(name: str, share: str) -> int:
    """Basis points or fen; nothing for the remainder. Raises `Invalid`."""
    if share == ShareKind.REMAINDER:
        return 0
    number = typed_fen(name) if share == ShareKind.FIXED else typed_basis_points(name)
    if number is None:
        raise Invalid("required", field=name)
    return number


def _days(name: str) -> int:
    number = typed(name, answers.Whole(minimum=0, maximum=_LATEST_DAYS))
    if number is None:
        raise Invalid("required", field=name)
    return number


def _propose(session: Session, actor: Actor, lines: list[PlanLine]) -> str:
    form, project = request.form, _project(session, actor)
    names = {"zh": form.get("label_zh", "").strip()[:80], "en": form.get("label_en", "").strip()[:80]}
    code = form.get("code", "")[:40]
    if is_marked(session, clock(), REVIEW_PLANS, project.path):
        values = {
            "state": "approved",
            "kind": form.get("kind", ""),
            "label_zh": names["zh"] or None,
            "label_en": names["en"] or None,
            "lines": [line_values(line) for line in lines],
        }
        return proposed(session, actor, "plans", record_of(project.id, code), values, form.get("reason"))
    propose_plan(
        session,
        actor,
        clock(),
        project_id=project.id,
        code=code,
        kind=form.get("kind", ""),
        labels={language: name for language, name in names.items() if name},
        lines=lines,
    )
    return url_for("plans.index", project=project.id)
