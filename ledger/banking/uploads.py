"""A file between bringing it and taking it in: kept encrypted, looked at, then gone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from ledger.banking.accounts import get_bank_account
from ledger.banking.errors import UploadMissing
from ledger.banking.importing import ImportOutcome, ImportPlan, import_statement, plan_import
from ledger.banking.models import StatementUpload
from ledger.documents.keeping import drop_files, keep_file, open_file
from ledger.scope import scoped
from ledger.staff.permissions import Permission

_KEPT = timedelta(days=1)


def bring_statement(
    session: Session, actor: Actor, clock: Clock, *, account_id: str, content: bytes, file_name: str
) -> StatementUpload:
    """Keep a file so that it can be looked at. Raises `StatementRefused` when it is no statement at all."""
    account = get_bank_account(session, actor, account_id, Permission.BANKING_IMPORT)
    _forget_old(session, clock)
    plan_import(session, clock, account, content=content, file_name=file_name)
    upload = StatementUpload(
        account_id=account.id,
        path=account.path,
        file_name=file_name[-160:],
        file_id=keep_file(session, clock, content),
        columns={},
        at=clock.now(),
        by=actor.id,
    )
    session.add(upload)
    session.flush()  # Its id is the address of the page to come.
    return upload


def get_upload(session: Session, actor: Actor, upload_id: str) -> StatementUpload:
    """A file that waits; raises `UploadMissing` outside the actor's scope."""
    query = scoped(actor, StatementUpload, Permission.BANKING_IMPORT).where(StatementUpload.id == upload_id)
    upload = session.scalars(query).one_or_none()
    if upload is None:
        raise UploadMissing(id=upload_id)
    return upload


def look_at(
    session: Session, actor: Actor, clock: Clock, upload_id: str, columns: Mapping[str, str]
) -> tuple[StatementUpload, ImportPlan]:
    """What a waiting file would do with these columns; nothing is written."""
    upload = get_upload(session, actor, upload_id)
    account = get_bank_account(session, actor, upload.account_id, Permission.BANKING_IMPORT)
    content = open_file(session, upload.file_id)
    return upload, plan_import(
        session, clock, account, content=content, file_name=upload.file_name, columns=columns
    )


def take_in(
    session: Session, actor: Actor, clock: Clock, *, upload_id: str, columns: Mapping[str, str]
) -> ImportOutcome:
    """Take a waiting file in and let its content go. Raises `StatementRefused`."""
    upload = get_upload(session, actor, upload_id)
    outcome = import_statement(
        session,
        actor,
        clock,
        account_id=upload.account_id,
        content=open_file(session, upload.file_id),
        file_name=upload.file_name,
        columns=columns,
    )
    _drop(session, [upload])
    return outcome


def leave(session: Session, actor: Actor, *, upload_id: str) -> None:
    """Let a waiting file go."""
    _drop(session, [get_upload(session, actor, upload_id)])


def _forget_old(session: Session, clock: Clock) -> None:
    """Files that nobody took in within a day."""
    old = select(StatementUpload).where(StatementUpload.at < clock.now() - _KEPT)
    _drop(session, list(session.scalars(old)))


def _drop(session: Session, uploads: list[StatementUpload]) -> None:
    if not uploads:
        return
    session.execute(delete(StatementUpload).where(StatementUpload.id.in_([one.id for one in uploads])))
    drop_files(session, [one.file_id for one in uploads])
