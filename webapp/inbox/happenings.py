"""The history of a case as a timeline of sentences; gateways and the like are left out unless all is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext
from markupsafe import Markup

from engine.api import Comment, HistoryEvent
from kernel.actor import SYSTEM
from webapp.formatting import moment
from webapp.inbox.entered import entered, variables_named
from webapp.inbox.mentions import people_named, shown
from webapp.inbox.vacant import people_among, told
from webapp.language import current_language
from webapp.wording import state_name, word

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
    "instance_withdrawn": ("arrow-back-up", "orange"),
    "request_withdrawal_asked": ("message", "orange"),
    "request_withdrawal_refused": ("ban", "neutral"),
    "instance_suspended": ("player-pause", "yellow"),
    "instance_resumed": ("player-play", "primary"),
    "instance_migrated": ("edit", "orange"),
    "instance_modified": ("edit", "orange"),
    "instance_restarted": ("player-play", "primary"),
    "instance_followed": ("arrow-forward-up", "azure"),
    "called_migrated": ("edit", "orange"),
    "element_cancelled": ("player-stop", "orange"),
    "task_created": ("inbox", "neutral"),
    "task_decided_by_link": ("link", "azure"),
    "task_copied": ("send", "teal"),
    "instance_copied": ("send", "teal"),
    "withdrawal_answered_by_link": ("link", "azure"),
    "task_urged": ("bolt", "orange"),
    "task_urged_above": ("bolt", "red"),
    "post_vacant": ("user-off", "orange"),
    "post_vacated": ("user-off", "orange"),
    "holder_left": ("user-off", "orange"),
    "task_claimed": ("hand-grab", "azure"),
    "task_unclaimed": ("arrow-back-up", "neutral"),
    "task_assigned": ("user-check", "azure"),
    "task_offered": ("users-group", "azure"),
    "work_asked": ("plus", "azure"),
    "task_handed_over": ("arrow-forward-up", "azure"),
    "task_given_back": ("arrow-back-up", "azure"),
    "task_taken_back": ("arrow-back-up", "azure"),
    "signers_added_before": ("user-plus", "azure"),
    "signers_added_after": ("user-plus", "azure"),
    "signers_follow": ("check", "green"),
    "vote_opened_all": ("users-group", "azure"),
    "vote_opened_any": ("users-group", "azure"),
    "vote_opened_count": ("users-group", "azure"),
    "vote_opened_percent": ("users-group", "azure"),
    "signer_decided_before": ("writing-sign", "teal"),
    "signer_decided_after": ("writing-sign", "teal"),
    "signer_decided_vote": ("writing-sign", "teal"),
    "signing_over": ("checks", "green"),
    "signing_withdrawn": ("user-minus", "orange"),
    "task_delegated": ("arrow-forward-up", "azure"),
    "task_resolved": ("arrow-back-up", "azure"),
    "task_completed": ("check", "green"),
    "task_returned": ("arrow-back-up", "orange"),
    "task_passed": ("arrow-forward-up", "neutral"),
    "task_raised": ("arrow-forward-up", "azure"),
    "task_withdrawn": ("arrow-back-up", "orange"),
    "withdrawal_asked": ("message", "orange"),
    "withdrawal_granted": ("arrow-back-up", "orange"),
    "withdrawal_refused": ("ban", "neutral"),
    "comment_added": ("message", "blue"),
    "comment_edited": ("edit", "blue"),
    "attachment_added": ("upload", "blue"),
    "attachment_removed": ("trash", "orange"),
    "variables_changed": ("edit", "orange"),
    "task_warned": ("alarm", "yellow"),
    "task_overdue": ("alarm", "red"),
    "task_told": ("mail", "neutral"),
    "task_priority_raised": ("arrow-narrow-up", "orange"),
    "task_handed_to_role": ("arrow-forward-up", "orange"),
    "task_handed_to_nobody": ("alert-circle", "red"),
    "timer_moved": ("calendar-event", "orange"),
    "answered_by_hand": ("edit", "orange"),
    "element_interrupted": ("player-stop", "orange"),
    "condition_met": ("bolt", "teal"),
    "element_compensated": ("arrow-back-up", "orange"),
    "timer_fired": ("alarm", "orange"),
    "event_received": ("mail", "teal"),
}
_BY_PERSONS = (
    "task_", "instance_", "comment_", "attachment_", "variables_", "timer_moved", "answered_", "called_",
    "withdrawal_", "request_", "sign", "vote_", "work_",
)  # fmt: skip
_NOBODYS = ("instance_completed", "task_passed", "task_raised")
_VACANT = ("post_vacant", "post_vacated")
#: Events that another sentence tells when something is known of them.
_OTHERWISE = (
    ("post_vacant", "posts", "named_post_vacant"),
    ("post_vacated", "posts", "named_post_vacated"),
    ("holder_left", "assignee", "holder_left_owner"),
    ("instance_withdrawn", "person", "instance_let_back"),
    ("task_completed", "together", "task_decided_together"),
)
_WITH_REASON = ("task_assigned", "task_offered", "task_handed_over", "signers_", "signing_withdrawn", "vote_")
_PEOPLE = ("former", "assignee", "owner", "delegate", "person")


@dataclass(frozen=True)
class Happening:
    """A line of the timeline; ``folds`` where it is a step of the process itself: several share a line."""

    at: datetime
    icon: str
    tone: str
    text: str
    who: str = ""
    note: str = ""
    badges: str = ""
    folds: bool = False


def people_in(events: Iterable[HistoryEvent], comments: Iterable[Comment]) -> set[str]:
    """The ids of everybody who is named in a history."""
    found = people_named(comments)
    for event in events:
        found |= {event.actor_id, event.on_behalf_of or ""}
        found |= {str(event.params[name]) for name in _PEOPLE if event.params.get(name)}
        found |= set(event.params.get("staff") or ())
        found |= people_among(event.params.get("to") or ()) if event.code in _VACANT else set()
    return found - {""}


def by_for(actor_id: str | None, on_behalf_of: str | None, names: Mapping[str, str]) -> str:
    """Who acted, and for whom if it was for another: ``Li for Wang``, ``李代王``."""
    by = names.get(actor_id or "", actor_id or "")
    return word("history.by_for", {"by": by, "who": on_behalf_of}) if on_behalf_of else by


def happenings(
    events: Sequence[HistoryEvent],
    comments: Iterable[Comment],
    labels: Labels,
    names: Mapping[str, str],
    *,
    files: Mapping[str, str] | None = None,
    process: str = "",
    whole: bool = False,
) -> list[Happening]:
    """Newest first; ``files`` are the names of the case's files by id, ``process`` is the key of its process."""
    said = {comment.id: shown(comment.text, names) for comment in comments}
    told = [_naming_data(event, process) for event in events if whole or _is_worth_telling(event)]
    lines = [_line(event, labels, names, said) for event in told]
    if files:
        lines = [_with_file(line, event, files) for line, event in zip(lines, told, strict=True)]
    return lines[::-1]


def _naming_data(event: HistoryEvent, process: str) -> HistoryEvent:
    """An edit of process data says what was edited as the forms call it."""
    if event.code != "variables_changed":
        return event
    named = variables_named(event.params.get("names") or (), process)
    return replace(event, params={**event.params, "names": named})


def _with_file(line: Happening, event: HistoryEvent, files: Mapping[str, str]) -> Happening:
    name = files.get(str(event.params.get("attachment_id")))
    return replace(line, note=name) if name and event.code.startswith("attachment_") else line


def _is_worth_telling(event: HistoryEvent) -> bool:
    if event.code == "task_created":
        return False
    return event.code != "element_done" or event.params.get("kind") not in _QUIET_KINDS


def _line(event: HistoryEvent, labels: Labels, names: Mapping[str, str], said: Mapping[str, Markup]) -> Happening:
    ended = event.code == "element_done" and event.params.get("kind") == "endEvent"
    icon, tone = _LOOKS.get(event.code, ("flag", "teal") if ended else ("point", "neutral"))
    text = word("history.end_reached" if ended else _code(event), _params(event, labels, names))
    is_persons = event.actor_id != SYSTEM.id and event.code.startswith(_BY_PERSONS)
    who = names.get(event.actor_id, event.actor_id) if is_persons and not _is_nobodys(event) else ""
    if event.on_behalf_of and who:
        who = by_for(event.actor_id, event.on_behalf_of, names)
    note: str = (
        said.get(str(event.params.get("comment_id")), "") if event.code == "comment_added" else entered(event)
    )
    if event.code.startswith(_WITH_REASON):
        note = str(event.params.get("reason") or "")
    if event.code == "signing_over" and event.params.get("staff"):
        note = word("history.signing_left", {"staff": event.params["staff"]})
    if event.code.startswith("task_urged"):
        note = str(event.params.get("note") or "")
    folds = event.code == "element_done" and not ended
    return Happening(event.at, icon, tone, text, who, note, folds=folds)


def _is_nobodys(event: HistoryEvent) -> bool:
    return event.code in _NOBODYS or bool(event.params.get("together"))


def _code(event: HistoryEvent) -> str:
    """The sentence of an event: some have another one for a value taken away, or for the whole case."""
    of_case = event.task_id is None and event.element_id is None
    for code, given, other in _OTHERWISE:
        if event.code == code and event.params.get(given):
            return f"history.{other}"
    if event.code in ("task_due_set", "task_follow_up_set") and event.params.get("after") is None:
        return f"history.{event.code.removesuffix('_set')}_removed"
    if event.code == "task_assigned" and event.params.get("assignee") is None:
        return "history.task_unassigned"
    if event.code == "comment_added" and of_case:
        return "history.case_commented"
    return f"history.{event.code}"


def _params(event: HistoryEvent, labels: Labels, names: Mapping[str, str]) -> dict[str, Any]:
    params = dict(event.params)
    params["element"] = element_name(labels, event.element_id, event.element_name)
    for name in ("former", "owner", "delegate", "person"):  # `word` names the assignee itself.
        if params.get(name):
            params[name] = names.get(str(params[name]), params[name])
    for name, of in (("to", "to_element"), ("step", "step_element")):
        if params.get(of):
            params[name] = element_name(labels, str(params[of]), str(params.get(name) or ""))
    if params.get("attachment_kind"):
        params["attachment_kind"] = state_name(f"attachment_kind.{params['attachment_kind']}")
    _to_whom(event, params, names)
    if event.code == "task_raised":
        params["role"] = state_name(f"role.{params.get('role')}")
    if event.code == "element_interrupted":
        params["by_element"] = element_name(labels, params.pop("by", None), None)
    if event.code in ("task_warned", "task_overdue"):
        params["due"] = moment(params.get("due"))
    if event.code.startswith("task_handed_to_") and params.get("role"):
        params["role"] = word(f"role.{params['role']}")
    for name in ("before", "after"):
        if event.code.endswith(("due_set", "follow_up_set", "timer_moved")):
            params[name] = moment(params.get(name))
    return params


def _to_whom(event: HistoryEvent, params: dict[str, Any], names: Mapping[str, str]) -> None:
    """Put into words whom a task was offered to, or went to from a vacant post."""
    if event.code == "task_offered":
        offered = [state_name(f"role.{role}") for role in params.get("groups") or ()]
        offered += [names.get(person, person) for person in params.get("staff") or ()]
        params["to"] = str(gettext(", ")).join(offered)
    if event.code in _VACANT and params.get("to"):
        params["role"], params["post"] = told(params["to"], names), told(params.get("posts") or (), names)


def element_name(labels: Labels, element_id: str | None, name: str | None) -> str:
    """What an element is called in the reader's language."""
    known = labels.get(element_id or "", {})
    return known.get(current_language()) or name or known.get("en") or element_id or ""
