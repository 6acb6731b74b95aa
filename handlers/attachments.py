"""Contents of attachments go when nothing refers to them any more."""

from __future__ import annotations

from engine.api import ContentsUnwanted
from kernel.facts import Telling, on
from ledger.documents.keeping import drop_files


@on(ContentsUnwanted)
def contents_unwanted(fact: ContentsUnwanted, telling: Telling) -> None:
    """In the transaction that took the files away or erased their case."""
    drop_files(telling.session, fact.content_ids)
