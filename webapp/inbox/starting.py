"""Starting a process: which ones the reader may start, where, and with which answers."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine.api import Definition, Engine, TaskFilter
from engine.api import Page as PageNumber
from forms.compile import load
from forms.posted import read_posted
from kernel.actor import Actor
from kernel.errors import AnswersInvalid, Invalid, KeyturnError, Missing
from ledger.changes.registry import known_kinds
from ledger.organisation.queries import list_projects, names_of_paths
from webapp.acting import acting, clock, reading
from webapp.engine_room import engine_for
from webapp.errors import status_of
from webapp.inbox import answering
from webapp.inbox.blueprint import pages
from webapp.inbox.rows import name_of, task_name
from webapp.once import once
from webapp.wording import word

Answer = str | tuple[str, int] | Response


@pages.get("/start")
def begin() -> Answer:
    """The processes to choose from; the only one opens at once."""
    with reading() as (session, actor):
        found = engine_for(session, actor, clock()).startable()
        if len(found) == 1:
            return redirect(url_for("inbox.start", key=found[0].key))  # type: ignore[return-value]
        named = [(d, name_of(d.labels, d.name)) for d in found]
        return render_template("inbox/begin.html", definitions=named)


@pages.route("/start/<key>", methods=["GET", "POST"])
def start(key: str) -> Answer:
    """The start form; what stands in the address is filled in beforehand."""
    if request.method == "GET" and key in known_kinds():
        # A change of a sale is asked for where its effect is shown before it is sent.
        return redirect(url_for("changes.apply", kind=key, **request.args))  # type: ignore[return-value]
    if request.method == "GET":
        return _page(key, request.args.to_dict())
    with reading() as (session, actor):
        definition = _definition(engine_for(session, actor, clock()), key)
    typed = read_posted(load(str(definition.start_form)).model, request.form.items(multi=True))
    try:
        with acting() as (session, actor):
            address = once(session, actor, clock(), lambda: _start(session, actor, key, typed))
    except AnswersInvalid as refused:
        return _page(key, typed, errors=refused.errors), 422
    except KeyturnError as refused:
        sentence = word(refused.code, refused.params, field=refused.field)
        errors = None
        if isinstance(refused, Invalid | Missing) and refused.field:
            errors = {refused.field: [(refused.code, dict(refused.params))]}
        return _page(key, typed, errors=errors, refusal=sentence, begun=_begun(refused)), status_of(refused)
    flash(_("Started."), "success")
    return redirect(address)  # type: ignore[return-value]


def _start(session: Session, actor: Actor, key: str, typed: dict[str, object]) -> str:
    """Start, and lead to the first task if it is the starter's to do, else to the case."""
    engine = engine_for(session, actor, clock())
    if above := request.form.get("under"):
        engine.ask_for_work(above, key, typed)
        return url_for("inbox.task", task_id=above, _anchor="work")
    begun = engine.start(key, typed, scope=request.form.get("at", ""))
    mine = engine.find_tasks(TaskFilter(box="mine", instance_id=begun.id), PageNumber(1, 1)).rows
    if mine:
        return url_for("inbox.task", task_id=mine[0].id)
    return url_for("inbox.case", instance_id=begun.id)


def _begun(refused: KeyturnError) -> str:
    """The case that was started already, where the reader may see it."""
    if refused.code != "already_started":
        return ""
    with reading() as (session, actor):
        try:
            return engine_for(session, actor, clock()).get_instance(str(refused.params["instance_id"])).id
        except Missing:
            return ""


def _definition(engine: Engine, key: str) -> Definition:
    found = [definition for definition in engine.startable() if definition.key == key]
    if not found:
        raise Missing("definition_missing", key=key)
    return found[0]


def _page(
    key: str, values: dict[str, Any], *, errors: Any = None, refusal: str | None = None, begun: str = ""
) -> str:
    with reading() as (session, actor):
        engine = engine_for(session, actor, clock())
        definition = _definition(engine, key)
        places = _places(session, actor, engine, key)
        above = engine.get_task(request.values["under"]).task if request.values.get("under") else None
        if above is not None:
            places = [(above.path, names_of_paths(session, {above.path}).get(above.path, above.path))]
        if not places:
            raise Missing("definition_missing", key=key)
        wanted = request.values.get("at", "")
        at = wanted if wanted in dict(places) else places[0][0]
        asked = answering.draw(session, actor, definition.start_form, {}, typed=values, errors=errors, path=at)
        name = name_of(definition.labels, definition.name)
        return render_template(
            "inbox/start.html",
            key=key,
            name=name,
            asked=asked,
            places=places,
            at=at,
            refusal=refusal,
            begun=begun,
            above=(above.id, task_name(above)) if above is not None else None,
        )


def _places(session: Session, actor: Actor, engine: Engine, key: str) -> list[tuple[str, str]]:
    """The projects where the reader may start it, as (path, name)."""
    paths = [p.path for p in list_projects(session, actor) if engine.may_start(key, p.path)]
    names = names_of_paths(session, set(paths))
    return [(path, names.get(path, path)) for path in paths]
