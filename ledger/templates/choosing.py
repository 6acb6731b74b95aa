"""Which text a paper is made of: the released one of the nearest node, else as delivered."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kernel.actor import ROOT
from kernel.clock import Clock
from kernel.database import is_sqlite
from kernel.ids import new_id
from ledger.scope import paths_above
from ledger.templates.catalogue import kind_of
from ledger.templates.kinds import Language
from ledger.templates.models import PaperTemplate
from ledger.templates.shipped_texts import shipped_texts


def nearest(session: Session, kind: str, path: str, language: str) -> PaperTemplate | None:
    """The released version of the nearest node at or above ``path`` that has one; none is as delivered."""
    query = select(PaperTemplate).where(
        PaperTemplate.kind == kind,
        PaperTemplate.language == language,
        PaperTemplate.state == "released",
        PaperTemplate.path.in_(paths_above(path)),
        PaperTemplate.created_by.is_not(None),
    )
    return max(session.scalars(query), key=lambda one: len(one.path), default=None)


def template_for(session: Session, clock: Clock, kind: str, path: str, language: Language) -> PaperTemplate:
    """The version to make a paper of; a delivered text is entered as a version of the root at its first use.

    Raises `KindUnknown`.
    """
    kind_of(kind)
    return nearest(session, kind, path, language) or _delivered(session, clock, kind, language)


def text_in_force(session: Session, kind: str, path: str, language: str) -> tuple[str, PaperTemplate | None]:
    """The text that papers are made of now, with its version; none is as delivered."""
    found = nearest(session, kind, path, language)
    return (found.text if found else shipped_texts()[kind, language]), found


def next_version(session: Session, kind: str, path: str, language: str) -> int:
    """The number of the next version of a text at a node."""
    query = select(func.max(PaperTemplate.version)).where(
        PaperTemplate.kind == kind, PaperTemplate.path == path, PaperTemplate.language == language
    )
    return (session.scalar(query) or 0) + 1


def _delivered(session: Session, clock: Clock, kind: str, language: Language) -> PaperTemplate:
    """The delivered text as a row: one of its kind for each wording that was ever delivered."""
    text = shipped_texts()[kind, language]
    found = _row(session, kind, language, text)
    if found is not None:
        return found
    insert = sqlite.insert if is_sqlite(session) else postgresql.insert
    now = clock.now()
    row = {
        "id": new_id(),
        "kind": kind,
        "path": ROOT,
        "language": language,
        "version": next_version(session, kind, ROOT, language),
        "text": text,
        # Not "released": a delivered text stands behind every released one, and its wording changes by upgrades.
        "state": "retired",
        "created_at": now,
        "changed_at": now,
        "retired_at": now,
        "revision": 1,
    }
    session.execute(insert(PaperTemplate).values(row).on_conflict_do_nothing())
    return _row(session, kind, language, text) or _delivered(session, clock, kind, language)


def _row(session: Session, kind: str, language: str, text: str) -> PaperTemplate | None:
    query = select(PaperTemplate).where(
        PaperTemplate.kind == kind,
        PaperTemplate.path == ROOT,
        PaperTemplate.language == language,
        PaperTemplate.created_by.is_(None),
        PaperTemplate.text == text,
    )
    return session.scalars(query).one_or_none()
