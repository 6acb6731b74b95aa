"""The history of a case as a timeline of sentences; gateways and the like are left out unless all is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.api import Comment, HistoryEvent
from kernel.actor import SYSTEM
from webapp.formatting import moment
from webapp.language import current_language
from webapp.wording import word

Labels = Mapping[str, Mapping[str, str]]
_QUIET_KINDS = frozenset(
    {
        "boundaryEvent", "callActivity", "complexGateway", "eventBasedGateway", "exclusiveGateway",
        "inclusiveGateway", "intermediateThrowEvent", "parallelGateway", "scriptTask", "startEvent", "subProcess",
        "businessRuleTask",
    }
)  # fmt: skip
_LOOKS = {
    "instance_started": ("player-play", "primary"),
    "instance_completed": ("flag-3", "green"),
    "instance_cancelled": ("ban", "red"),
    "instance_suspended": ("player-pause", "yellow"),
    "instance_resumed": ("player-play", "primary"),
    "instance_migrated": ("edit", "orange"),
    "instance_modified": ("edit", "orange"),
    "instance_restarted": ("player-play", "primary"),
    "instance_followed": ("arrow-forward-up", "azure"),
    "called_migrated": ("edit", "orange"),
    "element_cancelled": ("player-stop", "orange"),
    "task_created": ("inbox", "neutral"),
    "task_claimed": ("hand-grab", "azure"),
    "task_unclaimed": ("arrow-back-up", "neutral"),
    "task_assigned": ("user-check", "azure"),
    "task_delegated": ("arrow-forward-up", "azure"),
    "task_resolved": ("arrow-back-up", "azure"),
    "task_completed": ("check", "green"),
    "comment_added": ("message", "blue"),
    "variables_changed": ("edit", "orange"),
    "timer_moved": ("calendar-event", "orange"),
    "answered_by_hand": ("edit", "orange"),
    "element_interrupted": ("player-stop", "orange"),
    "condition_met": ("bolt", "teal"),
    "element_compensated": ("arrow-back-up", "orange"),
    "timer_fired": ("alarm", "orange"),
    "event_received": ("mail", "teal"),
}
_BY_PERSONS = ("task_", "instance_", "comment_", "variables_", "timer_moved", "answered_", "called_")
_PEOPLE = ("former", "assignee", "owner", "delegate")


@dataclass(frozen=True)
class Happening:
    """A line of the timeline."""

    at: datetime
    icon: str
    tone: str
    text: str
    who: str = ""
    note: str = ""
    badges: str = ""


def people_in(events: Iterable[HistoryEvent], comments: Iterable[Comment]) -> set[str]:
    """The ids of everybody who is named in a history."""
    found = {comment.author_id for comment in comments}
    for event in events:
        found |= {event.actor_id, event.on_behalf_of or ""}
        found |= {str(event.params[name]) for name in _PEOPLE if event.params.get(name)}
    return found - {""}


def happenings(
    events: Iterable[HistoryEvent],
    comments: Iterable[Comment],
    labels: Labels,
    names: Mapping[str, str],
    *,
    whole: bool = False,
) -> list[Happening]:
    """Newest first."""
    said = {(comment.author_id, comment.at): comment.text for comment in comments}
    lines = [_line(event, labels, names, said) for event in events if whole or _is_worth_telling(event)]
    return lines[::-1]


def _is_worth_telling(event: HistoryEvent) -> bool:
    if event.code == "task_created":
        return False
    return event.code != "element_done" or event.params.get("kind") not in _QUIET_KINDS


def _line(
    event: HistoryEvent, labels: Labels, names: Mapping[str, str], said: Mapping[tuple[str, datetime], str]
) -> Happening:
    ended = event.code == "element_done" and event.params.get("kind") == "endEvent"
    icon, tone = _LOOKS.get(event.code, ("flag", "teal") if ended else ("point", "neutral"))
    text = word("history.end_reached" if ended else f"history.{event.code}", _params(event, labels, names))
    is_persons = event.actor_id != SYSTEM.id and event.code.startswith(_BY_PERSONS)
    who = names.get(event.actor_id, event.actor_id) if is_persons and event.code != "instance_completed" else ""
    if event.on_behalf_of and who:
        who = f"{who} ({word('history.on_behalf', {'who': event.on_behalf_of})})"
    note = said.get((event.actor_id, event.at), "") if event.code == "comment_added" else ""
    if event.code == "task_assigned":
        note = str(event.params.get("reason") or "")
    return Happening(event.at, icon, tone, text, who, note)


def _params(event: HistoryEvent, labels: Labels, names: Mapping[str, str]) -> dict[str, Any]:
    params = dict(event.params)
    params["element"] = element_name(labels, event.element_id, event.element_name)
    for name in ("former", "owner", "delegate"):  # `word` names the assignee itself.
        if params.get(name):
            params[name] = names.get(str(params[name]), params[name])
    if event.code == "element_interrupted":
        params["by_element"] = element_name(labels, params.pop("by", None), None)
    for name in ("before", "after"):
        if event.code.endswith(("due_set", "follow_up_set", "timer_moved")):
            params[name] = moment(params.get(name))
    return params


def element_name(labels: Labels, element_id: str | None, name: str | None) -> str:
    """What an element is called in the reader's language."""
    known = labels.get(element_id or "", {})
    return known.get(current_language()) or name or known.get("en") or element_id or ""
