"""Files that come with a form of a process: kept as documents, whose ids are then the answers.

A form that is refused is drawn anew with the id, so a file need not be chosen twice.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from forms.compile import load
from kernel.errors import AnswersInvalid, KeyturnError
from ledger.documents.operations import store_upload
from webapp.acting import acting, clock
from webapp.attaching import Brought, looked_at


@dataclass(frozen=True)
class About:
    """What the files belong to: a sale or a case, where it is and whose."""

    subject: str
    subject_id: str
    path: str
    owner_id: str | None = None


def keep_files(form_key: str, about: About) -> dict[str, object]:
    """The answers to the fields of a form that ask for a file, for those that a file came for.

    Raises `AnswersInvalid` by field for a file that is not taken; nothing is kept then.
    """
    came = {key: _judged(key) for key in _asked_for(form_key) if _has_come(key)}
    if not came:
        return {}
    with acting() as (session, actor):
        return {
            key: store_upload(
                session,
                actor,
                clock(),
                subject=about.subject,
                subject_id=about.subject_id,
                path=about.path,
                owner_id=about.owner_id or actor.id,
                filename=brought.upload.filename,
                content=brought.upload.content,
            ).id
            for key, brought in came.items()
        }


def _asked_for(form_key: str) -> list[str]:
    return [component.key for component in load(form_key).model.asked() if component.kind == "file"]


def _has_come(key: str) -> bool:
    sent = request.files.get(key)
    return sent is not None and bool(sent.filename)


def _judged(key: str) -> Brought:
    sent = request.files[key]
    try:
        return looked_at("evidence", str(sent.filename), sent.read())
    except KeyturnError as refused:
        raise AnswersInvalid({key: [(refused.code, dict(refused.params))]}) from refused
