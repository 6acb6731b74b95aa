"""Every part of the look on a few pages, for those who build pages; served only while developing and testing.

Its sample texts are not translated, its people and figures are invented.
"""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for

from kernel.actor import Actor, Grant
from kernel.errors import Stale
from webapp.current import current_actor, set_actor
from webapp.errors import EXPLANATIONS, explain
from webapp.styleguide_samples import BOARD, DIAGRAM, MARKERS, form_fields, table_rows

pages = Blueprint("styleguide", __name__, url_prefix="/styleguide")
SAMPLE_READER = Actor("00000000-0000-7000-8000-000000000001", "林晓梅", (Grant("sales_manager", "/"),))


@pages.before_request
def _somebody_reads() -> None:
    if current_actor() is None and request.endpoint != "styleguide.sign_in":
        set_actor(SAMPLE_READER)


@pages.get("/")
def index() -> str:
    """Text, buttons, badges, notices, panels, timeline."""
    now = current_app.extensions["keyturn.clock"].now()
    events = [
        SimpleNamespace(at=now - timedelta(hours=hours), icon=icon, tone=tone, who=who, text=text, note=note)
        for hours, icon, tone, who, text, note in (
            (1, "circle-check", "green", "周建国", "approved the discount of 96 %", "客户为老业主推荐，同意。"),
            (3, "cash", "azure", "钱慧", "confirmed the deposit of ¥50,000.00", None),
            (27, "writing-sign", "blue", "林晓梅", "signed the subscription RG-2026-0031", None),
            (28, "hand-grab", "yellow", "林晓梅", "held unit 3-1201 for two hours", None),
        )
    ]
    return render_template("styleguide/index.html", events=events, now=now)


@pages.route("/form", methods=["GET", "POST"])
def form() -> str:
    """All kinds of fields, on demand refused."""
    return render_template("styleguide/form.html", fields=form_fields(wrong="wrong" in request.args))


@pages.get("/list")
def listing() -> str:
    """A list with filters, sorting, ticks and pages."""
    now = current_app.extensions["keyturn.clock"].now()
    return render_template("styleguide/list.html", rows=table_rows(now), sort=request.args.get("sort", "due"))


@pages.get("/board")
def board() -> str:
    """The sales board and a diagram with its state."""
    return render_template("styleguide/board.html", floors=BOARD, markers=MARKERS)


@pages.get("/diagram.bpmn")
def diagram() -> Response:
    """The sample diagram."""
    return Response(DIAGRAM, content_type="application/xml")


@pages.get("/pick")
def pick() -> str:
    """Answers for the search-and-choose field."""
    return '<button data-pick="1">王磊 138****1234</button><button data-pick="2">王丽华 139****5678</button>'


@pages.get("/sign-in")
def sign_in() -> str:
    """The sign-in page with demo accounts and a refusal."""
    fields: list[dict[str, Any]] = [
        {"name": "username", "kind": "text", "label": "User name", "required": True, "autocomplete": "username"},
        {"name": "password", "kind": "password", "label": "Password", "required": True},
    ]
    accounts = [("置业顾问", "sales1", "keyturn-demo"), ("销售经理", "manager1", "keyturn-demo")]
    return render_template("sign_in.html", fields=fields, accounts=accounts, refused=request.args.get("refused"))


@pages.get("/toast/<tone>")
def toast(tone: str) -> Any:
    """A toast after a redirect."""
    flash("The receipt 2026-000123 is taken.", tone)
    return redirect(url_for("styleguide.index"))


@pages.route("/error/<int:status>", methods=["GET", "POST"])
def error(status: int) -> Response:
    """An error page."""
    if status == 409:
        raise Stale("stale")
    if status not in EXPLANATIONS:
        abort(404)
    return explain(status)
