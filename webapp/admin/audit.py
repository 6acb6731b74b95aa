"""The audit log (操作日志): who did what, when, and what it was before and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from kernel.actor import ROOT
from kernel.audit import AuditRow
from kernel.clock import start_of_day
from kernel.errors import NotAllowed
from ledger.audit.queries import AuditFilter, find_acts
from ledger.organisation.queries import names_of_paths
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from webapp.acting import reader, reading
from webapp.formatting import moment, yuan
from webapp.page import asked_page
from webapp.wording import is_worded, state_name, word
from webapp.wording.admin import AUDIT_NOUNS

pages = Blueprint("audit", __name__, url_prefix="/admin/audit")
PAGE_SIZE = 50
_MACHINE = ("content_hash", "sha256", "reference")
_NAMES_CUSTOMERS = ("customer", "contact", "receipt", "refund", "sale")
_WORDED_AS = {
    "kind": ("todo_kind", "receivable_kind", "customer_kind", "plan_kind", "org_kind", "document_kind"),
    "method": ("pay_method",),
    "stage": ("sale",),
    "state": ("price_version",),
    "name": ("parameter",),
    "role": ("role",),
}
_SECRET = ("name", "phone", "id_no", "email", "address", "payer", "payee", "old", "new", "value_sealed")


@pages.get("/")
def index() -> str:
    """The log cut by person, subject, kind of act and day."""
    if not reader().may_anywhere(Permission.AUDIT_VIEW):
        raise NotAllowed("permission_missing", permission=Permission.AUDIT_VIEW.value)
    number = asked_page()
    noun = request.args.get("noun", "")
    where = AuditFilter(
        who=request.args.get("who", ""),
        noun=noun if noun in AUDIT_NOUNS else "",
        subject_id=request.args.get("subject", ""),
        since=_day("from", 0),
        until=_day("to", 1),
    )
    with reading() as (session, actor):
        rows = find_acts(session, actor, where, limit=PAGE_SIZE + 1, offset=(number - 1) * PAGE_SIZE)
        people = staff.names(session, named(rows))
        return render_template(
            "admin/audit.html",
            rows=rows[:PAGE_SIZE],
            more=len(rows) > PAGE_SIZE,
            number=number,
            size=PAGE_SIZE,
            where=where,
            nouns=AUDIT_NOUNS,
            people=people,
            places=names_of_paths(session, {row.path for row in rows if row.path != ROOT}),
            changes=changes,
            reason_words=reason_words,
        )


def _day(name: str, later: int) -> datetime | None:
    """The UTC instant at which an asked day begins, or the day after it."""
    try:
        return start_of_day(date.fromisoformat(request.args.get(name, "")) + timedelta(days=later))
    except (ValueError, OverflowError):
        return None


def changes(row: AuditRow, people: Mapping[str, str]) -> list[tuple[str, object, object]]:
    """What an act changed as (field, before, after) in words; whatever could name a customer stays hidden."""
    before, after = row.before or {}, row.after or {}
    return [
        (
            _field(field),
            _shown(row, field, before.get(field), people),
            _shown(row, field, after.get(field), people),
        )
        for field in dict.fromkeys([*before, *after])
        if field not in _MACHINE
    ]


def _field(field: str) -> str:
    return state_name(f"audit_field.{field.removesuffix('_fen').removesuffix('_id')}")


def _shown(row: AuditRow, field: str, value: object, people: Mapping[str, str]) -> object:
    if value is None:
        return None
    if field in _SECRET and row.subject.startswith(_NAMES_CUSTOMERS):
        return "***"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return f"¥{yuan(value)}" if field.endswith("_fen") else value
    if isinstance(value, list):
        return _(", ").join(str(_shown(row, field, part, people)) for part in value)
    return people.get(value, _word(row, field, value)) if isinstance(value, str) else value


def _word(row: AuditRow, field: str, value: str) -> str:
    """A code in words where it has any, an instant as people read it, all else as it stands."""
    for code in (f"{row.subject}_{field}.{value}", f"{row.subject}.{value}", f"{field}.{value}",
                 *(f"{noun}.{value}" for noun in _WORDED_AS.get(field, ()))):  # fmt: skip
        if is_worded(code):
            return word(code)
    try:
        return moment(datetime.fromisoformat(value)) if "T" in value else value
    except ValueError:
        return value


def reason_words(reason: str) -> str:
    """Why it was done: a code of the sale's end in words, else what somebody wrote."""
    code = f"sale_close.{reason}"
    return word(code) if is_worded(code) else reason


def named(rows: Iterable[AuditRow]) -> set[str]:
    """The ids that may be members of staff: who acted, for whom, and whom the changes name."""
    found: set[str] = set()
    for row in rows:
        found |= {row.actor_id, row.on_behalf_of or row.actor_id}
        for value in [*(row.before or {}).values(), *(row.after or {}).values()]:
            found |= {part for part in (value if isinstance(value, list) else [value]) if isinstance(part, str)}
    return found
