"""Making a bank account (银行账户) known whose statements will come."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from kernel.errors import Invalid
from ledger.banking import operations as banking
from ledger.finance.kinds import MONEY_ACCOUNTS
from ledger.organisation.models import Project
from ledger.organisation.queries import list_projects
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.entries import Entries, filled
from webapp.finance.desk import pages
from webapp.wording import state_name

Answer = str | tuple[str, int] | Response


@pages.get("/statements/accounts/new")
def new_bank_account() -> Answer:
    """The form."""
    return _form(Entries())


def _form(entries: Entries) -> str:
    with reading() as (session, actor):
        projects = list_projects(session, actor, Permission.BANKING_IMPORT)
        if not projects:
            actor.require(Permission.BANKING_IMPORT, "/")
    return render_template("finance/bank_account.html", fields=filled(_fields(projects), entries))


def _fields(projects: list[Project]) -> list[dict[str, Any]]:
    return [
        {"name": "project_id", "kind": "select", "label": _("Project"), "required": True,
         "options": [(one.id, one.name) for one in projects], "value": projects[0].id if projects else ""},
        {"name": "name", "kind": "text", "label": _("Name of the account"), "required": True, "max_length": 80,
         "autofocus": True, "help": _("As clerks call it, for example: supervised account at ICBC.")},
        {"name": "number", "kind": "text", "label": _("Account number"), "required": True, "max_length": 40,
         "help": _("Only its first and last four digits are kept, to see that a file belongs to this account.")},
        {"name": "account", "kind": "select", "label": _("Money account"), "required": True,
         "options": [(one, state_name(f"account.{one}")) for one in MONEY_ACCOUNTS], "value": "supervised"},
    ]  # fmt: skip


@pages.post("/statements/accounts/new")
def open_bank_account() -> Answer:
    """Keep the account."""
    entries, form = Entries(), request.form
    try:
        with acting() as (session, actor):
            account = banking.open_bank_account(
                session,
                actor,
                clock(),
                project_id=form.get("project_id", ""),
                name=form.get("name", ""),
                number=form.get("number", ""),
                account=form.get("account", ""),
            )
            address = url_for("finance.statements", account=account.id)
    except Invalid as refused:
        entries.refuse(refused)
        return _form(entries), 422
    flash(_("The account is known. Bring its first statement."), "success")
    return redirect(address)
