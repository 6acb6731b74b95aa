"""What somebody was told, in the language that he reads now."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from kernel.clock import DEFAULT_ZONE
from ledger.messages.templates import fill, text_of
from ledger.notices.kinds import KINDS
from ledger.notices.models import LABELS, Notice
from ledger.organisation.queries import zones_at


def reworded(session: Session, notices: Iterable[Notice], language: str) -> dict[str, tuple[str, str]]:
    """Title and text in a language by the id of the note; notices that keep no labels are left out."""
    wanted = [notice for notice in notices if notice.message_id is not None and notice.params.get(LABELS)]
    kinds = {notice.kind for notice in wanted}
    texts = {kind: text_of(session, KINDS[kind].template, "in_app", language) for kind in kinds}
    zones = zones_at(session, {notice.path for notice in wanted})
    found = {}
    for notice in wanted:
        label = notice.params[LABELS].get(language)
        params = notice.params | (dict.fromkeys({"what", "task"} & notice.params.keys(), label) if label else {})
        zone = zones.get(notice.path, DEFAULT_ZONE)
        subject, body = (fill(text, params, language=language, zone=zone) for text in texts[notice.kind])
        found[str(notice.message_id)] = (subject, body)
    return found
