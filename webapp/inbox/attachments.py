"""Files on a task or a case: bring, look, fetch, take away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine.api import ATTACHMENT_KINDS, Attachment, Engine, Instance, Task
from kernel.actor import Actor
from kernel.errors import Invalid, KeyturnError
from webapp.acting import acting, clock, reading
from webapp.attaching import PICTURES, SHOWN, Brought, attach_to_case, attach_to_task, handed_out, looked_at
from webapp.engine_room import engine_for
from webapp.inbox.blueprint import pages
from webapp.language import safe_path
from webapp.once import once
from webapp.wording import state_name, word


@dataclass(frozen=True)
class Shown:
    """A file as the page shows it; ``look`` is picture, pdf or nothing."""

    file: Attachment
    kind: str
    look: str
    may_remove: bool


def attachment_values(
    engine: Engine, actor: Actor, found: Sequence[Attachment], case: Instance, task: Task | None = None
) -> dict[str, Any]:
    """For the panel of files on the page of a task, or of a case as a whole."""
    is_open = task is not None and task.state == "open"
    required = engine.required_attachments(task.id) if task is not None and is_open else ()
    lacking = engine.lacking_attachments(task.id) if task is not None and required else ()
    if task is None:
        url = url_for("inbox.attach_on_case", instance_id=case.id)
        open_tasks = {wait.task_id for wait in engine.waiting(case.id) if wait.task_id}
    else:
        url = url_for("inbox.attach", task_id=task.id) if is_open else ""
        open_tasks = {task.id} if is_open else set()
    return {
        "files": _shown(found, {actor.id, actor.on_behalf_of}, open_tasks, ended=case.ended_at is not None),
        "kinds": kind_choices(),
        "required": required,
        "lacking": lacking,
        "attach_url": url,
    }


def file_names(found: Sequence[Attachment]) -> dict[str, str]:
    """The names of files by id, of those taken away too."""
    return {one.id: one.filename for one in found}


def _shown(found: Iterable[Attachment], own: set[str | None], open_tasks: set[str], *, ended: bool) -> list[Shown]:
    """The files that are there; their bringer may take away what nobody has decided on."""
    return [
        Shown(
            one,
            state_name(f"attachment_kind.{one.kind}"),
            "picture" if one.media_type in PICTURES else "pdf" if one.media_type in SHOWN else "",
            one.added_by in own and (one.task_id in open_tasks if one.task_id else not ended),
        )
        for one in found
        if one.removed_at is None
    ]


def kind_choices() -> list[tuple[str, str]]:
    """The kinds in the reader's language."""
    return [(kind, state_name(f"attachment_kind.{kind}")) for kind in ATTACHMENT_KINDS]


@pages.post("/tasks/<task_id>/attachments")
def attach(task_id: str) -> Response:
    """Put a file on a task."""
    return _bring(
        url_for("inbox.task", task_id=task_id, _anchor="attachments"),
        lambda engine: engine.look_at(task_id),
        lambda session, engine, file: attach_to_task(session, engine, clock(), task_id, file),
    )


@pages.post("/cases/<instance_id>/attachments")
def attach_on_case(instance_id: str) -> Response:
    """Put a file on a case as a whole."""
    return _bring(
        url_for("inbox.case", instance_id=instance_id, _anchor="attachments"),
        lambda engine: engine.get_instance(instance_id),
        lambda session, engine, file: attach_to_case(session, engine, clock(), instance_id, file),
    )


@pages.get("/attachments/<attachment_id>")
def attachment(attachment_id: str) -> Response:
    """The file; who took it is noted."""
    with acting() as (session, actor):
        engine = engine_for(session, actor, clock())
        return handed_out(session, actor, engine, clock(), attachment_id, as_file="download" in request.args)


@pages.post("/attachments/<attachment_id>/remove")
def detach(attachment_id: str) -> Response:
    """Take one's own file away."""
    with acting() as (session, actor):
        engine_for(session, actor, clock()).detach(attachment_id)
    flash(_("The file was taken away. The history keeps who did so."), "success")
    address = safe_path(request.form.get("next"), url_for("inbox.index"))
    return redirect(f"{address}#attachments")  # type: ignore[return-value]


def _bring(
    address: str, see: Callable[[Engine], Any], keep: Callable[[Session, Engine, Brought], Any]
) -> Response:
    """A file that is refused says why on the page it was brought to; nobody looks at a stranger's file."""
    with reading() as (session, actor):
        see(engine_for(session, actor, clock()))
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise Invalid("upload_missing", field="file")
        brought = looked_at(request.form.get("kind", ""), sent.filename, sent.read())

        def act() -> str:
            keep(session, engine_for(session, actor, clock()), brought)
            return address

        with acting() as (session, actor):
            once(session, actor, clock(), act)
    except Invalid as refused:
        flash(word(refused.code, refused.params, field=refused.field), "danger")
    except KeyturnError as refused:
        if refused.code != "scan_unavailable":
            raise
        flash(word(refused.code, refused.params), "danger")
    return redirect(address)  # type: ignore[return-value]
