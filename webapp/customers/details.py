"""The fields of a customer's record as forms draw them, and what was typed into them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _

from kernel.errors import Invalid, KeyturnError
from ledger.customers.details import GRADES
from ledger.customers.identity import ID_TYPES
from ledger.organisation.models import Project
from webapp.wording import state_name, word

SOURCES = ("walk_in", "referral", "agency", "online", "campaign", "phone", "other")


@dataclass(frozen=True)
class Refused:
    """Why a record was not taken: sentences by field and, for possible doubles, who they are."""

    fields: Mapping[str, str] = field(default_factory=dict)
    candidates: Sequence[tuple[str, str, str, bool]] = ()
    confirmable: bool = False


def refused_by(error: KeyturnError) -> Refused:
    """A refusal of the ledger beside the field it names; the name's if it names none."""
    return Refused({error.field or "name": word(error.code, error.params, field=error.field)})


def sort_field(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Whether it is a person or a firm."""
    return {
        "name": "kind",
        "kind": "radio",
        "label": _("Who is it?"),
        "look": "inline",
        "value": typed.get("kind") or "person",
        "options": [("person", _("Person")), ("firm", _("Firm"))],
        "required": True,
    }


def project_field(projects: Sequence[Project], typed: Mapping[str, Any]) -> dict[str, Any]:
    """The project that meets the customer; hidden where there is only one."""
    chosen = typed.get("project_id") or (projects[0].id if projects else "")
    if len(projects) == 1:
        return {"name": "project_id", "kind": "hidden", "value": chosen}
    options = [(project.id, project.name) for project in projects]
    return {
        "name": "project_id",
        "kind": "select",
        "label": _("Project"),
        "options": options,
        "value": chosen,
        "required": True,
    }


def record_fields(typed: Mapping[str, Any], refused: Refused, *, kind: str | None = None) -> list[dict[str, Any]]:
    """Name, papers, addresses and what sales want to know; ``kind`` limits the papers to person or firm."""
    papers = [
        (code, state_name(f"id_type.{code}")) for code, one in ID_TYPES.items() if not kind or kind in one.kinds
    ]
    fields: list[dict[str, Any]] = [
        {"name": "name", "label": _("Full name"), "required": True, "max_length": 100, "autocomplete": "off"},
        {"name": "contact_person", "label": _("Contact person"), "max_length": 60, "shown_when": None},
        {"name": "id_type", "kind": "select", "label": _("ID paper"), "options": papers},
        {"name": "id_no", "label": _("ID number"), "autocomplete": "off"},
        {"name": "birth_date", "kind": "date", "label": _("Date of birth")},
        {"name": "email", "label": _("E-mail"), "autocomplete": "off"},
        {"name": "address", "label": _("Address"), "wide": True, "max_length": 200, "autocomplete": "off"},
        {"name": "source", "kind": "select", "label": _("Source"), "options": _worded("source", SOURCES)},
        {"name": "grade", "kind": "select", "label": _("Grade"), "options": [(grade, grade) for grade in GRADES]},
    ]
    for one in fields:
        one.setdefault("kind", "text")
        one["value"] = typed.get(one["name"]) or ""
        one["error"] = refused.fields.get(one["name"])
        one["optional"] = not one.get("required")
    return [one for one in fields if one["name"] != "contact_person" or kind != "person"]


def _worded(noun: str, codes: Sequence[str]) -> list[tuple[str, str]]:
    return [(code, state_name(f"{noun}.{code}")) for code in codes]


def typed_day(text: str) -> date | None:
    """A day as a date field sends it. Raises `Invalid` naming the field."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise Invalid("not_a_date", field="birth_date") from error


def blank_to_none(typed: Mapping[str, str], name: str) -> str | None:
    """What was typed, or None for nothing."""
    return typed.get(name, "").strip() or None
