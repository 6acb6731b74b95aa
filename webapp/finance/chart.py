"""Our accounts in the company's chart (科目对照), set at a node and inherited below."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from kernel.errors import Missing
from ledger.accounting.chart import Mapped, chart_at, gaps, set_chart
from ledger.accounting.errors import MappingInvalid
from ledger.finance.kinds import Account
from ledger.organisation.models import OrgNode
from ledger.organisation.queries import list_nodes, names_of_paths
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.entries import Entries
from webapp.finance.closing import place
from webapp.finance.desk import pages
from webapp.once import once
from webapp.wording import state_name

Answer = str | tuple[str, int] | Response


@pages.get("/chart")
def chart() -> Answer:
    """What each of our accounts is called in the chart of a company."""
    with reading() as (session, actor):
        return _page(session, actor, Entries())


def _page(session: Session, actor: Actor, entries: Entries) -> str:
    nodes = _nodes(session, actor)
    asked = request.values.get("node")
    node = next((one for one in nodes if one.id == asked), None)
    if asked and node is None:
        raise Missing("node_missing", id=asked)
    node = node or (nodes[0] if nodes else None)
    known = chart_at(session, node.path) if node else {}
    return render_template(
        "finance/chart.html",
        where=place(session, actor, None),
        node=node,
        nodes={one.id: one.name for one in nodes},
        lines=[_line(account, known.get(account), node, entries) for account in Account] if node else [],
        gaps=gaps(known),
        names=names_of_paths(session, {mapped.path for mapped in known.values()}),
        errors=entries.errors,
    )


def _nodes(session: Session, actor: Actor) -> list[OrgNode]:
    """Where the reader keeps a chart."""
    return [
        node
        for node in list_nodes(session)
        if node.active and node.kind != "phase" and actor.may(Permission.ACCOUNTING_EXPORT, node.path)
    ]


def _line(account: Account, mapped: Mapped | None, node: OrgNode | None, entries: Entries) -> dict[str, Any]:
    """An account with what stands in its fields; what is inherited shows as what would hold without an entry."""
    own = mapped is not None and node is not None and mapped.path == node.path
    sent = request.form if request.method == "POST" else {}
    return {
        "account": account,
        "label": state_name(f"account.{account}"),
        "mapped": mapped,
        "own": own,
        "code": sent.get(f"code-{account}", mapped.code if mapped and own else ""),
        "name": sent.get(f"name-{account}", mapped.name if mapped and own else ""),
        "error": entries.errors.get(f"code-{account}") or entries.errors.get(f"name-{account}"),
    }


@pages.post("/chart")
def save_chart() -> Answer:
    """Keep what was entered for a node."""
    form = request.form
    values = {account: (form.get(f"code-{account}", ""), form.get(f"name-{account}", "")) for account in Account}
    entries = Entries()
    try:
        with acting() as (session, actor):

            def act() -> str:
                node_id = form.get("node", "")
                changed = set_chart(session, actor, clock(), node_id=node_id, values=values)
                flash(_("%(count)s accounts are changed.", count=changed), "success")
                return url_for("finance.chart", node=node_id)

            address = once(session, actor, clock(), act)
        return redirect(address)
    except MappingInvalid as refused:
        entries.refuse(refused)
    with reading() as (session, actor):
        return _page(session, actor, entries), 422
