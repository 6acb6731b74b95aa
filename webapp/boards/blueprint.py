"""The board's blueprint; only who oversees tasks somewhere comes in."""

from __future__ import annotations

from flask import Blueprint

from kernel.errors import NotAllowed
from ledger.staff.permissions import Permission
from webapp.acting import reader

pages = Blueprint("boards", __name__, url_prefix="/workload")


@pages.before_request
def _only_who_oversees() -> None:
    actor = reader()
    if not any(actor.may_anywhere(right) for right in (Permission.TASKS_OVERSEE, Permission.ENGINE_OPERATE)):
        raise NotAllowed("oversee_missing")
