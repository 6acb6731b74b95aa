"""Reading templates: what is in force at a node, the versions of a text, two versions beside each other."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import ROOT
from ledger.scope import paths_above
from ledger.templates.catalogue import KINDS
from ledger.templates.kinds import LANGUAGES
from ledger.templates.models import PaperTemplate
from ledger.templates.shipped_texts import shipped_texts

_AROUND = 2


@dataclass(frozen=True)
class InForce:
    """What a kind's papers are made of at a node: no version is as delivered; ``open`` is a draft at this node."""

    kind: str
    language: str
    version: PaperTemplate | None
    open: PaperTemplate | None


def list_in_force(session: Session, path: str) -> dict[str, list[InForce]]:
    """What papers are made of at a node by kind, in each language, in one query."""
    query = select(PaperTemplate).where(
        PaperTemplate.path.in_(paths_above(path)),
        PaperTemplate.state.in_(("draft", "proposed", "released")),
    )
    rows = list(session.scalars(query))
    return {kind: [_in_force(rows, kind, language, path) for language in LANGUAGES] for kind in KINDS}


def _in_force(rows: list[PaperTemplate], kind: str, language: str, path: str) -> InForce:
    mine = [one for one in rows if one.kind == kind and one.language == language]
    released = [one for one in mine if one.state == "released"]
    waiting = (one for one in mine if one.state != "released" and one.path == path)
    return InForce(kind, language, max(released, key=lambda one: len(one.path), default=None), next(waiting, None))


def versions_at(session: Session, kind: str, path: str, language: str) -> list[PaperTemplate]:
    """The versions of a text at a node and above it, the nearest and newest first; delivered ones last."""
    query = select(PaperTemplate).where(
        PaperTemplate.kind == kind,
        PaperTemplate.language == language,
        PaperTemplate.path.in_(paths_above(path)),
    )
    rows = session.scalars(query)
    return sorted(rows, key=lambda one: (one.created_by is None, -len(one.path), -one.version))


@dataclass(frozen=True)
class DiffLine:
    """A line of a comparison: ``sign`` is "+", "-", " ", or "…" where lines that are the same are left out."""

    sign: str
    text: str


def compare(before: str, after: str) -> list[DiffLine]:
    """What differs between two texts line by line, each with the lines around it; empty when nothing does."""
    told = [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+- "]
    changed = [at for at, line in enumerate(told) if line[0] != " "]
    shown = sorted(
        {near for at in changed for near in range(at - _AROUND, at + _AROUND + 1) if 0 <= near < len(told)}
    )
    found: list[DiffLine] = []
    for at, before_it in zip(shown, [-1, *shown], strict=False):
        if at > before_it + 1:
            found.append(DiffLine("…", ""))
        found.append(DiffLine(told[at][0], told[at][2:]))
    if shown and shown[-1] + 1 < len(told):
        found.append(DiffLine("…", ""))
    return found


def delivered_text(kind: str, language: str) -> str:
    """The text as it is delivered now."""
    return shipped_texts()[kind, language]


def place_of(version: PaperTemplate | None) -> str:
    """The node of a version; the root for a delivered text."""
    return ROOT if version is None else version.path
