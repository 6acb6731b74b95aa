"""What the pages of templates share: who may look, which nodes there are, how a version is called."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.errors import NotAllowed
from ledger.organisation.models import OrgNode
from ledger.organisation.queries import list_nodes
from ledger.staff.permissions import Permission
from ledger.templates.models import PaperTemplate

pages = Blueprint("paper_templates", __name__, url_prefix="/admin/papers")
RIGHTS = (Permission.TEMPLATES_MANAGE, Permission.TEMPLATES_RELEASE)
_KINDS = ("group", "company", "region", "city", "project")


def require_reader(actor: Actor, path: str) -> None:
    """Raise `NotAllowed` for who neither writes nor releases templates at a node."""
    if not any(actor.may(right, path) for right in RIGHTS):
        raise NotAllowed("permission_missing", permission=RIGHTS[0].value)


def nodes_of(session: Session, actor: Actor) -> list[OrgNode]:
    """The nodes whose templates the reader may look at. Raises `NotAllowed` when there are none."""
    found = [
        node
        for node in list_nodes(session)
        if node.active and node.kind in _KINDS and any(actor.may(right, node.path) for right in RIGHTS)
    ]
    if not found:
        raise NotAllowed("permission_missing", permission=RIGHTS[0].value)
    return found


def people_of(versions: Iterable[PaperTemplate | None]) -> set[str]:
    """Everybody who had a hand in versions."""
    return {
        person
        for one in versions
        if one is not None
        for person in (one.created_by, one.changed_by, one.proposed_by, one.released_by, one.retired_by)
        if person
    }


def language_name(code: str) -> str:
    """A language of papers in the reader's words."""
    return _("Chinese") if code == "zh" else _("English")
