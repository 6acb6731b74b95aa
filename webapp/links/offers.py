"""What a link in a message lets somebody do: decide a task, answer who wants one back, confirm a reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.api import Task
from forms.compile import Form, exists, load
from forms.model import Component

DECIDE, ANSWER, READ = "decide", "answer", "read"
_CHOICES = ("radio", "select")
_WORDS = ("text", "textarea")
# What a change of a record says is personal, so a page that anybody may hold shows nothing to decide it by.
_SIGNED_IN = frozenset({"review_of_change/review"})


@dataclass(frozen=True)
class Offer:
    """What a link would do; it holds for a task (none for a copy of a case) at a revision."""

    purpose: str
    task_id: str
    revision: int
    subject_id: str = ""


def offer_of(kind: str, params: Mapping[str, Any], task: Task | None, *, is_theirs: bool) -> Offer | None:
    """What a notice of a kind offers to do by a link, if anything; ``is_theirs`` says that the task is."""
    task_id, revision = (task.id, task.revision) if task is not None else ("", 0)
    if kind == "copied" and params.get("copy_id"):
        return Offer(READ, task_id, revision, str(params["copy_id"]))
    if task is None or task.state != "open" or not is_theirs:
        return None
    if kind == "consent":
        asked = str(params.get("withdrawal_id") or "")
        return Offer(ANSWER, task_id, revision, asked) if asked else None
    return Offer(DECIDE, task_id, revision) if is_decidable(task) else None


def is_decidable(task: Task) -> bool:
    """Whether a task can be decided by a link: nobody prepares it, and its form asks for one choice and words."""
    if task.delegation == "pending" or task.form_key in _SIGNED_IN:
        return False
    return choice_of(task.form_key) is not None


def choice_of(form_key: str | None) -> Component | None:
    """The choice that a form asks, when all else that it asks is words to it."""
    if form_key is None or not exists(form_key):
        return None
    form = load(form_key)
    asked = list(form.model.asked())
    choices = [one for one in asked if one.kind in _CHOICES and one.required and one.options and not one.multiple]
    words = [one for one in asked if one.kind in _WORDS]
    return choices[0] if len(choices) == 1 and len(words) == len(asked) - 1 else None


def form_of(task: Task) -> Form:
    """The form of a task that can be decided by a link."""
    return load(str(task.form_key))
