"""Names of the people on a page, asked for in one query."""

from __future__ import annotations

from collections.abc import Iterable

from flask import g
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from kernel.actor import SYSTEM
from ledger.staff.queries import names


def names_of(session: Session, ids: Iterable[str | None]) -> dict[str, str]:
    """Display names by id; the system has one, a person who is gone keeps the id. Sentences use them too."""
    wanted = {person for person in ids if person}
    found = {person: person for person in wanted} | names(session, wanted - {SYSTEM.id})
    found[SYSTEM.id] = _("Keyturn")
    g.setdefault("staff_names", {}).update(found)
    return found
