"""Names of the people on a page, asked for in one query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import g
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from kernel.actor import SYSTEM, Actor
from ledger.customers.masking import mask_name
from ledger.staff.permissions import Permission
from ledger.staff.queries import names


def names_of(session: Session, ids: Iterable[str | None]) -> dict[str, str]:
    """Display names by id; the system has one, a person who is gone keeps the id. Sentences use them too."""
    wanted = {person for person in ids if person}
    found = {person: person for person in wanted} | names(session, wanted - {SYSTEM.id})
    found[SYSTEM.id] = _("Keyturn")
    g.setdefault("staff_names", {}).update(found)
    return found


def without_customers(actor: Actor, data: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Facts or data with the customer's name shortened (``王*``) for who may not see customers there."""
    name = data.get("customer")
    if not isinstance(name, str) or actor.may(Permission.CUSTOMERS_VIEW, path):
        return dict(data)
    return {**data, "customer": mask_name(name)}
