"""Who stands in for somebody who is ill, and whom somebody reports to: by whoever manages the account."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from kernel.errors import Invalid, Missing, NotAllowed
from ledger.staff import queries as directory
from ledger.staff.managers import set_manager
from ledger.staff.permissions import Permission
from ledger.staff.substitutions import revoke_substitution
from webapp.acting import acting, clock, reading
from webapp.admin.staff import pages
from webapp.entries import Entries, posted_day
from webapp.substituting import try_to_add, values_of

Answer = str | tuple[str, int] | Response


@pages.get("/<staff_id>/substitution")
def substitution(staff_id: str) -> str:
    """The rules of one person, and the form for a new one."""
    return _page(staff_id, Entries())


@pages.post("/<staff_id>/substitution")
def substitute(staff_id: str) -> Answer:
    """Let somebody do a person's tasks from a day to a day."""
    entries = Entries()
    done = try_to_add(staff_id, url_for("staff.substitution", staff_id=staff_id), entries)
    return done if done is not None else (_page(staff_id, entries), 422)


@pages.post("/<staff_id>/substitution/<rule_id>/revoke")
def revoke_substitute(staff_id: str, rule_id: str) -> Response:
    """End a person's rule at once."""
    with acting() as (session, actor):
        revoke_substitution(session, actor, clock(), substitution_id=rule_id)
    flash(_("The substitution has ended."), "success")
    return redirect(url_for("staff.substitution", staff_id=staff_id))


@pages.post("/<staff_id>/manager")
def manager(staff_id: str) -> Answer:
    """Say whom somebody reports to from a day on."""
    entries = Entries()
    from_date = entries.read("manager_from", posted_day)
    if not entries.errors:
        try:
            with acting() as (session, actor):
                directory.get_staff(session, actor, staff_id)
                chosen = request.form.get("manager_id", "").strip() or None
                set_manager(session, actor, clock(), staff_id=staff_id, manager_id=chosen, from_date=from_date)
            flash(_("The line manager is entered."), "success")
            return redirect(url_for("staff.person", staff_id=staff_id))
        except (Invalid, Missing) as refused:
            entries.refuse(refused)
    flash(next(iter(entries.errors.values())), "danger")
    return redirect(url_for("staff.person", staff_id=staff_id))


def _page(staff_id: str, entries: Entries) -> str:
    with reading() as (session, actor):
        one = directory.get_staff(session, actor, staff_id)
        if not directory.manages(session, actor, clock(), one.id):
            raise NotAllowed("permission_missing", permission=Permission.STAFF_MANAGE.value)
        values = values_of(session, actor, one.id, entries)
        return render_template("admin/substitution.html", person=one, **values)
