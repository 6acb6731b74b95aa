"""What changes of cases under way answer: previews, and what was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.findings import Finding


@dataclass(frozen=True)
class ElementDifference:
    """What two versions of a diagram do not share. ``becomes`` is added, removed or changed in ``fields``."""

    element_id: str
    element_name: str
    kind: str
    becomes: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class ElementChange:
    """A token of a case and the element it will stand at; ``to`` is None when it cannot or goes."""

    element_id: str
    element_name: str
    to: str | None


@dataclass(frozen=True)
class WaitChange:
    """What becomes of something a case waits for. ``becomes`` is kept, renewed, ended or begun."""

    becomes: str
    kind: str
    element_id: str
    element_name: str
    to: str | None = None
    name: str | None = None
    due_at: datetime | None = None


@dataclass(frozen=True)
class Migration:
    """What a change of version means for one case; ``done`` says that it was carried out.

    It is ``possible`` when nothing was found against it; the findings name each element that does not fit.
    """

    instance_id: str
    key: str
    from_version: int
    to_version: int
    possible: bool
    done: bool
    tokens: tuple[ElementChange, ...]
    waits: tuple[WaitChange, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Change:
    """One act on a case by hand. ``kind`` is cancel (a branch), before or after (begin at an element)."""

    kind: str
    element_id: str


@dataclass(frozen=True)
class Modification:
    """What changes by hand mean for a case; ``done`` says that they were carried out.

    ``waits`` are what ended and what begun, ``steps`` the elements that were done on the way, ``forgotten`` the
    completed steps that can no longer be undone; ``state`` is the case's state afterwards.
    """

    instance_id: str
    changes: tuple[Change, ...]
    possible: bool
    done: bool
    state: str
    waits: tuple[WaitChange, ...]
    steps: tuple[str, ...]
    forgotten: tuple[str, ...]
    findings: tuple[Finding, ...]
