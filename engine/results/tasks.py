"""What the engine answers about user tasks, and which of them are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.results.comments import Comment
from engine.results.instances import Instance
from engine.results.signing import SigningState
from kernel.actor import Actor


@dataclass(frozen=True)
class Task:
    """A user task as lists show it; ``labels`` are the name in other languages.

    ``acting_for`` is whom the reader would act for: the task is his only through a rule of substitution.
    ``parent_id`` names the task that its assignee was added to, as ``part`` (before, after, vote); ``held`` what a
    task waits for that others were added to (see `engine.tables.tasks.TaskRow`).
    """

    id: str
    instance_id: str
    definition_key: str
    definition_version: int
    element_id: str
    name: str
    labels: dict[str, str]
    state: str
    assignee: str | None
    owner: str | None
    delegation: str | None
    candidates: tuple[str, ...]
    excluded: tuple[str, ...]
    due_at: datetime | None
    follow_up_at: datetime | None
    priority: int
    path: str
    form_key: str | None
    facts: dict[str, Any]
    business_key: str | None
    created_at: datetime
    completed_at: datetime | None
    completed_by: str | None
    on_behalf_of: str | None
    revision: int
    parent_id: str | None = None
    part: str | None = None
    held: str | None = None
    warn_at: datetime | None = None
    acting_for: str | None = None

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles among its candidates, each once, in order."""
        entries = (entry.partition("@")[0] for entry in self.candidates if not entry.startswith("user:"))
        return tuple(dict.fromkeys(entries))

    @property
    def people(self) -> tuple[str, ...]:
        """The ids of the people whom its candidates name, in order."""
        return tuple(entry.removeprefix("user:") for entry in self.candidates if entry.startswith("user:"))


@dataclass(frozen=True)
class TaskRights:
    """What somebody may do with a task now; ``barred`` means that four eyes forbid him to decide."""

    complete: bool
    claim: bool
    unclaim: bool
    barred: bool
    hand_over: bool = False
    delegate: bool = False
    resolve: bool = False
    take_back: bool = False
    add_signers: bool = False
    withdraw_signing: bool = False


@dataclass(frozen=True)
class Marks:
    """The ids of those tasks of a page that somebody has opened, and that somebody follows.

    ``put_off`` says until when he has or had put off which of them for himself alone.
    """

    seen: frozenset[str]
    followed: frozenset[str]
    put_off: Mapping[str, datetime]


@dataclass(frozen=True)
class Draft:
    """What somebody has typed into a task's form and not sent; ``saved_at`` is UTC."""

    answers: dict[str, Any]
    saved_at: datetime


@dataclass(frozen=True)
class LostTask:
    """A task that somebody worked on and may no longer see.

    ``code`` and ``params`` say what took it from him, ``answers`` is what he had typed and not sent.
    """

    id: str
    form_key: str | None
    answers: dict[str, Any]
    code: str
    params: dict[str, Any]


@dataclass(frozen=True)
class TaskDetail:
    """A task with what its page needs; ``variables`` are what the task sees, a called process's data included.

    ``draft`` is what a delegate prepared, or what was answered once the task is done; ``own_draft`` is what the
    reader has typed.
    ``actor`` is who would act on it: the reader, or the reader seated in the place of whom he stands in for.
    """

    task: Task
    instance: Instance
    variables: dict[str, Any]
    comments: tuple[Comment, ...]
    draft: dict[str, Any]
    rights: TaskRights
    actor: Actor
    own_draft: Draft | None = None
    signings: tuple[SigningState, ...] = ()


@dataclass(frozen=True)
class SubTask:
    """A piece of work that was asked for under a task: a case of its own, with where it stands now."""

    instance_id: str
    state: str
    subject: str
    by: str
    on_behalf_of: str | None
    at: datetime
    ended_at: datetime | None
    open_tasks: tuple[Task, ...]


@dataclass(frozen=True)
class TaskFilter:
    """Which tasks. ``box`` is mine, group, work (both), delegated (by or to the viewer; ``delegated_by`` and
    ``delegated_to`` are one side), followed, snoozed, done, substituting, all (needs the right to operate) or
    overseen (that to oversee). ``offered_at`` narrows ``roles`` to offers at that very node;
    ``unassigned`` to what nobody has.

    ``facts`` maps a fact's name to (operator, value), operators being = < <= > >= startswith and contains;
    ``compared`` are more such (name, operator, value), for both ends of a range. ``sort`` names due, priority,
    created, follow_up, completed, name, process or ``fact:<name>``, the first key first, with a leading minus for
    descending. ``viewer`` limits to what that actor may see (default: the engine's actor). ``states`` are open,
    completed and cancelled; left out, the box decides. ``versions`` left out means all versions of a process.
    ``unread`` leaves out what the viewer has opened. ``soon`` are now and an instant: what is not late yet and has
    been warned of by now, or, where its diagram says nothing of it, is due before that instant. Of the times
    the first is included, the second is not.
    """

    box: str = "mine"
    viewer: Actor | None = None
    assignee: str | None = None
    roles: tuple[str, ...] = ()
    offered_at: str | None = None
    unassigned: bool = False
    path: str | None = None
    definition_keys: tuple[str, ...] = ()
    versions: tuple[int, ...] = ()
    element_ids: tuple[str, ...] = ()
    instance_id: str | None = None
    instance_ids: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    business_key: str | None = None
    search: str = ""
    due_from: datetime | None = None
    due_before: datetime | None = None
    without_due: bool = False
    soon: tuple[datetime, datetime] | None = None
    created_from: datetime | None = None
    created_before: datetime | None = None
    priority_from: int | None = None
    unread: bool = False
    show_snoozed: bool = False
    facts: dict[str, tuple[str, Any]] = field(default_factory=dict)
    compared: tuple[tuple[str, str, Any], ...] = ()
    sort: tuple[str, ...] = ("due", "-priority", "created")
