"""What the page behind a link shows: the facts that decide, with personal data covered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forms.describe import Refusals
from ledger.customers.masking import mask_name, mask_numbers
from ledger.staff.permissions import Permission
from webapp.inbox import answering, deciding
from webapp.inbox.people import names_of
from webapp.inbox.rows import task_name
from webapp.links.opening import Opened
from webapp.process_data import FLOOR

_NO_CHOICE = ("info", "section")


def facts_of(session: Session, opened: Opened) -> dict[str, Any]:
    """The facts of a task; whoever holds the phone sees no customer's name and no number of one."""
    detail = opened.task
    task, actor = detail.task, detail.actor  # Seated in the place of whom the reader stands in for.
    sees_floor = actor.may(Permission.UNITS_VIEW_FLOOR_PRICE, task.path)
    data = covered({**detail.instance.facts, **task.facts, **detail.variables})
    people = set(deciding.applicants(data)) | set(deciding.opinion_people(data))
    names = names_of(session, people)
    asked = answering.draw(session, actor, task.form_key, data, path=task.path)
    hidden = (*answering.PRICES, "earlier_exceptions", *(() if sees_floor else FLOOR))
    return {
        "task": task,
        "name": task_name(task),
        "reader_name": opened.actor.name,
        "figures": _figures(data, sees_floor=sees_floor),
        "below_floor": deciding.is_below_floor(data, sees_floor=sees_floor),
        "facts": [(label, value) for key, label, value in (asked.shown if asked else []) if key not in hidden],
        "applicants": [names.get(person, "") for person in deciding.applicants(data)],
        "opinions": deciding.opinions(data, names),
        "expires_at": opened.link.expires_at,
    }


def fields_of(
    session: Session, opened: Opened, typed: Mapping[str, Any] | None, errors: Refusals | None
) -> list[Any]:
    """What the task's form asks: the choice with every outcome it offers, and the words to it."""
    task = opened.task.task
    data = covered({**opened.task.instance.facts, **task.facts, **opened.task.variables})
    asked = answering.draw(session, opened.actor, task.form_key, data, typed=typed, errors=errors, path=task.path)
    return [field for field in (asked.fields if asked else []) if field.kind not in _NO_CHOICE]


def covered(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data with the customer's name shortened and long numbers in free text covered."""
    shown = {
        name: _without_numbers(value) if name in ("reason", "opinions") else value
        for name, value in data.items()
        if name != "change_id"  # What a change of a record says is shown to whoever has signed in.
    }
    if isinstance(shown.get("customer"), str):
        shown["customer"] = mask_name(shown["customer"])
    return shown


def _figures(data: Mapping[str, Any], *, sees_floor: bool) -> list[tuple[str, Any, Any]]:
    """The four facts: price, discount with its effect in money, floor, this customer's other exceptions."""
    shown = deciding.figures(data, sees_floor=sees_floor)
    effect, earlier = data.get("money_effect_fen"), data.get("earlier_exceptions")
    if isinstance(effect, int) and not isinstance(effect, bool):
        shown.append((_("Effect in money"), deciding.price(effect), None))
    if isinstance(earlier, int) and not isinstance(earlier, bool):
        shown.append((_("This customer’s other exceptions"), earlier, None))
    return shown


def _without_numbers(value: Any) -> Any:
    if isinstance(value, str):
        return mask_numbers(value)
    if isinstance(value, list):
        return [_without_numbers(part) for part in value]
    if isinstance(value, dict):
        return {name: value[name] if name in ("by", "at") else _without_numbers(value[name]) for name in value}
    return value
