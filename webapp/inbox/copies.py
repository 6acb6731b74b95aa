"""What somebody was sent to read (抄送给我): the list, the page of one, which only shows, and sending a case."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine.api import Copy, Instance, Task
from kernel.actor import Actor
from kernel.clock import business_date
from kernel.errors import Invalid
from ledger.staff.queries import find_colleagues
from webapp.acting import acting, clock, reading
from webapp.engine_room import engine_for
from webapp.inbox.acts.people import as_choices, chosen, picked_names
from webapp.inbox.blueprint import pages
from webapp.inbox.cases import case_values
from webapp.inbox.copied import copied_name, copied_values
from webapp.inbox.people import names_of
from webapp.inbox.rows import process_names
from webapp.lookup.finding import MOST
from webapp.once import once
from webapp.page import asked_page
from webapp.process_data import as_seen
from webapp.wording import word

SIZE = 50


@dataclass(frozen=True)
class Line:
    """A copy as the list shows it."""

    copy: Copy
    name: str
    about: str
    unit: str


@pages.get("/inbox/copies")
def copies() -> str:
    """Copied to me: what is not read yet, or all."""
    number, show = asked_page(), request.args.get("show", "")
    with reading() as (session, actor):
        engine = engine_for(session, actor, clock())
        found = engine.copies(most=SIZE + 1, skip=(number - 1) * SIZE, unread=show == "unread")
        processes = process_names(engine.find_definitions(kind="process"))
        names = names_of(session, {copy.sender_id for copy, _task, _case in found})
        lines = [_line(actor, *one, processes) for one in found[:SIZE]]
        paging = {"number": number, "more": len(found) > SIZE}
        unread = engine.count_unread_copies()
        return render_template("inbox/copies.html", lines=lines, names=names, show=show, unread=unread, **paging)


@pages.get("/copies/<copy_id>")
def copy(copy_id: str) -> str:
    """A copy; that it was opened is its receipt."""
    with acting() as (session, actor):
        engine_for(session, actor, clock()).read_copy(copy_id)
    with reading() as (session, actor):
        read = engine_for(session, actor, clock()).get_copy(copy_id)
        return render_template("inbox/copy.html", **copied_values(session, actor, read))


@pages.post("/cases/<instance_id>/copies")
def copy_case(instance_id: str) -> Response | tuple[str, int]:
    """Send a case as a whole to those who were chosen; a refusal opens the dialog again with what was typed."""
    address = url_for("inbox.case", instance_id=instance_id)

    def send() -> str:
        readers, note = chosen("copy"), request.form.get("copy_note", "")
        engine_for(session, actor, clock()).copy_case(instance_id, readers, note=note)
        return address

    try:
        with acting() as (session, actor):
            once(session, actor, clock(), send)
    except Invalid as refused:
        with reading() as (session, actor):
            values = case_values(session, actor, instance_id) | {"act_names": picked_names(session)}
            values["copy_refusal"] = word(refused.code, refused.params, field=refused.field)
            return render_template("inbox/case.html", **values, typed_act=request.form), 422
    flash(_("The copies are sent."), "success")
    return redirect(address)  # type: ignore[return-value]


@pages.get("/cases/<instance_id>/people")
def people_for_case(instance_id: str) -> str:
    """Colleagues to whom the case can be sent, as the choices of a pick field."""
    text = request.args.get("q", "").strip()[:100]
    with reading() as (session, actor):
        case = engine_for(session, actor, clock()).get_instance(instance_id)
        on = business_date(clock())
        found = find_colleagues(session, case.scope, on, text=text, without={actor.id}, limit=MOST)
        return render_template("lookup/choices.html", choices=as_choices(session, found, on))


def _line(actor: Actor, sent: Copy, task: Task | None, case: Instance, processes: dict[str, str]) -> Line:
    facts = as_seen(actor, task.facts if task is not None else case.facts, case.scope)
    subject = facts.get("sale_no") or facts.get("subject") or case.business_key or ""
    unit = str(facts.get("unit") or "")
    process = processes.get(case.key, case.key) if task is not None else str(_("the whole case"))
    about = [process, str(subject) if subject != unit else ""]
    return Line(sent, copied_name(task, case, processes), " · ".join(part for part in about if part), unit)
