"""What a diagram shows of a case: the path taken, where it waits, what failed, who did what when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import ngettext

from engine.api import DiagramState
from kernel.actor import SYSTEM
from webapp.acting import clock, reading
from webapp.engine_room import engine_for
from webapp.formatting import moment
from webapp.inbox.blueprint import pages
from webapp.inbox.happenings import Labels, by_for, element_name
from webapp.inbox.people import names_of

_DONE = "task_completed"


@pages.get("/cases/<instance_id>/diagram")
def diagram_part(instance_id: str) -> str:
    """The diagram of a case with its state, for a part of a page that is shown when somebody opens it."""
    with reading() as (session, actor):
        engine = engine_for(session, actor, clock())
        state, labels = engine.diagram(instance_id), engine.labels(instance_id)
        markers = markers_of(state, labels, names_of(session, people_on(state)))
        return render_template("inbox/_diagram.html", instance_id=instance_id, markers=markers)


def people_on(state: DiagramState) -> set[str]:
    """The ids of everybody whose name stands on a diagram."""
    holders = {person for some in state.holders.values() for person in some}
    actors = {note.get(who) for note in state.notes.values() for who in ("by", "for")}
    return {person for person in holders | actors if person}


def markers_of(state: DiagramState, labels: Labels, names: Mapping[str, str]) -> dict[str, Any]:
    """Names stand over the tasks that people have or completed; a hint tells of each step who did it and when."""
    waiting = set(state.active)
    people = {
        element: f"{_who(note, names)} · {_at(note)}"
        for element, note in state.notes.items()
        if note.get("code") == _DONE and note.get("by") != SYSTEM.id and element in labels
    }
    held = {element: _held(some, names) for element, some in state.holders.items() if element in waiting}
    return {
        "done": [*(element for element in state.completed if element not in waiting), *state.flows_taken],
        "current": state.active,
        "failed": state.incidents,
        "notes": people | held,
        "hints": {
            element: _hint(element, state.notes.get(element), labels, names, held.get(element))
            for element in {**state.notes, **held}
            if any(labels.get(element, {}).values())
        },
    }


def _held(holders: list[str | None], names: Mapping[str, str]) -> str:
    """Who has the open tasks of a step."""
    found = [names.get(one, one) if one else _("nobody yet") for one in holders]
    return _(", ").join(dict.fromkeys(found))


def _hint(
    element: str, note: Mapping[str, Any] | None, labels: Labels, names: Mapping[str, str], held: str | None
) -> str:
    said = [element_name(labels, element, element)]
    if held:
        said += [held, *([_("since %(at)s", at=_at(note))] if note else [])]
    elif note:
        said += [_who(note, names), _at(note)]
    if note and note["times"] > 1:
        said.append(ngettext("%(num)d time", "%(num)d times", note["times"]))
    return " · ".join(said)


def _who(note: Mapping[str, Any], names: Mapping[str, str]) -> str:
    return by_for(note.get("by"), note.get("for"), names)


def _at(note: Mapping[str, Any]) -> str:
    return moment(datetime.fromisoformat(note["at"]))
