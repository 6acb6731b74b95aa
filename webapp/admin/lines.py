"""Who reports to whom (汇报关系), as one tree of the people whom the reader may see."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from flask import render_template
from flask_babel import gettext as _

from kernel.clock import business_date
from kernel.errors import NotAllowed
from ledger.staff.managers import lines_on
from ledger.staff.models import StaffRole
from ledger.staff.permissions import Permission
from ledger.staff.queries import list_staff, names, roles_by_staff
from webapp.acting import clock, reading
from webapp.admin.staff import pages
from webapp.wording import word


@dataclass
class Member:
    """Somebody with those who report to him; ``linked`` says whether the reader may open his page."""

    id: str
    name: str
    roles: str
    linked: bool
    below: list[Member] = field(default_factory=list)


@pages.get("/lines")
def lines() -> str:
    """The tree, and who stands in no line."""
    with reading() as (session, actor):
        if not actor.may_anywhere(Permission.STAFF_VIEW):
            raise NotAllowed("permission_missing", permission=Permission.STAFF_VIEW.value)
        today = business_date(clock())
        above = {row.staff_id: row.manager_id for row in lines_on(session, actor, today)}
        seen = {one.id: one.display_name for one in list_staff(session, actor)}
        known = seen | names(session, set(above.values()) - seen.keys())
        held = roles_by_staff(session, known, today)
    members = {
        person: Member(
            person,
            name,
            _(", ").join(dict.fromkeys(word(f"role.{one.role}") for one in held[person])),
            person in seen,
        )
        for person, name in known.items()
    }
    return render_template("admin/lines.html", **_tree(members, above))


def _roles(held: list[StaffRole]) -> str:
    return _(", ").join(dict.fromkeys(word(f"role.{one.role}") for one in held))


def _tree(members: dict[str, Member], above: dict[str, str]) -> dict[str, list[Member]]:
    """The heads of lines with all below them, and those who are in none."""
    below: dict[str, list[Member]] = defaultdict(list)
    for person, manager in above.items():
        below[manager].append(members[person])
    for manager, people in below.items():
        members[manager].below = sorted(people, key=lambda one: (one.name, one.id))
    others = [one for one in members.values() if one.id not in above]
    ordered = sorted(others, key=lambda one: (one.name, one.id))
    return {"heads": [one for one in ordered if one.below], "loose": [one for one in ordered if not one.below]}
