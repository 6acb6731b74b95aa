"""Contents of files that people bring, encrypted at rest and gone when they are no longer wanted."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete
from sqlalchemy.orm import Session

from kernel.clock import Clock
from kernel.ids import new_id
from kernel.vault import vault_of
from ledger.customers.sealing import CustomerErased, keys_of
from ledger.documents.errors import KeptFileMissing
from ledger.documents.models import KeptFile


def keep_file(session: Session, clock: Clock, content: bytes, *, customer_id: str | None = None) -> str:
    """Keep a content under the key of the customer it is about, else under a key of its own; returns its id.

    A customer's files end with the customer's key. Raises `CustomerErased`.
    """
    vault = vault_of(session)
    own_key = vault.new_data_key() if customer_id is None else None
    key = own_key if own_key is not None else keys_of(session, [str(customer_id)]).get(str(customer_id))
    if key is None:
        raise CustomerErased(id=customer_id)
    sealed = vault.encrypt_bytes(key, content)
    kept = KeptFile(id=new_id(), sealed=sealed, customer_id=customer_id, own_key=own_key, kept_at=clock.now())
    session.add(kept)
    session.flush()  # Who refers to the content does so in this transaction.
    return kept.id


def open_file(session: Session, file_id: str) -> bytes:
    """A content in the clear, for somebody whose right the caller has checked. Raises `KeptFileMissing`."""
    kept = session.get(KeptFile, file_id)
    if kept is None:
        raise KeptFileMissing(id=file_id)
    key = kept.own_key
    if kept.customer_id is not None:
        key = keys_of(session, [kept.customer_id]).get(kept.customer_id)
    if key is None:
        raise KeptFileMissing(id=file_id)
    return vault_of(session).decrypt_bytes(key, kept.sealed)


def drop_files(session: Session, file_ids: Iterable[str]) -> None:
    """Let contents go."""
    session.execute(delete(KeptFile).where(KeptFile.id.in_(list(file_ids))))
