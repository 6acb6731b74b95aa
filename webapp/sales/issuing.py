"""Issuing a sale's papers by hand, where its process has not done so yet; each is issued once."""

from __future__ import annotations

from flask import redirect, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from kernel.errors import Missing
from ledger.documents.queries import find_documents
from ledger.sales import queries as sales
from ledger.sales.models import Sale
from ledger.scope import require_on
from ledger.staff.permissions import Permission
from ledger.templates.sale_papers import order_sale_paper
from webapp.acting import acting, clock
from webapp.paperwork.made import make_at_once
from webapp.sales.desk import pages
from webapp.sales.sale import issuable


@pages.post("/<sale_id>/papers/<kind>")
def issue_paper(sale_id: str, kind: str) -> Response:
    """Issue the subscription or the contract; one that was issued already is shown again."""
    with acting() as (session, actor):
        view = sales.get_sale(session, actor, sale_id)
        if kind not in issuable(view):
            raise Missing("paper_not_ready", kind=kind)
        require_on(actor, Permission.DOCUMENTS_ISSUE, path=view.sale.path, owner_id=view.sale.owner_id)
        papers = find_documents(session, actor, subject="sale", subject_ids=[sale_id])
        issued = next((one.id for one in papers if one.kind == kind), None)
        return redirect(url_for("documents.show", document_id=issued or _issue(session, actor, view.sale, kind)))


def _issue(session: Session, actor: Actor, sale: Sale, kind: str) -> str:
    key = f"papers.issue:{kind}:{sale.id}"
    paper = order_sale_paper(session, actor, clock(), kind=kind, sale_id=sale.id, key=key)
    return make_at_once(session, actor, clock(), paper).id
