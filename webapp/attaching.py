"""Taking a file in for a task or a case: judged by its content, scanned, encrypted, noted — and handed out again.

Scanning asks another program, so it comes before the transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from flask import Response, current_app
from sqlalchemy.orm import Session

from channels.scan import Clamd, ClamdSettings, Scanner
from engine.api import Attachment, Engine, File
from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import Invalid
from ledger.documents.keeping import keep_file, open_file
from ledger.documents.uploads import CheckedUpload, check_upload
from ledger.staff.permissions import Permission
from webapp.settings import Settings

PICTURES = ("image/png", "image/jpeg", "image/webp")
SHOWN = (*PICTURES, "application/pdf")
_SCANNER = "keyturn.scanner"


@dataclass(frozen=True)
class Brought:
    """A file that passed every look, and the kind its bringer gave it."""

    kind: str
    upload: CheckedUpload


def scanner_of(settings: Settings) -> Scanner | None:
    """The scanner of the settings, if there is one."""
    return Clamd(ClamdSettings(settings.clamd)) if settings.clamd else None


def looked_at(kind: str, filename: str, content: bytes) -> Brought:
    """A file that is what it says and in which nothing was found.

    Raises `UploadRefused`, `Infected`, `ScanUnavailable`, `Invalid` without a kind.
    """
    if not kind:
        raise Invalid("attachment_kind_missing", field="kind")
    upload = check_upload(filename, content)
    scanner: Scanner | None = current_app.extensions.get(_SCANNER)
    if scanner is None:
        scanner = scanner_of(current_app.extensions["keyturn.settings"])
        current_app.extensions[_SCANNER] = scanner
    if scanner is not None:
        scanner.scan(upload.content)
    return Brought(kind, upload)


def attach_to_task(session: Session, engine: Engine, clock: Clock, task_id: str, brought: Brought) -> Attachment:
    """Keep a file on an open task."""
    detail = engine.get_task(task_id)
    return _attach(
        session,
        engine,
        clock,
        brought,
        detail.task.path,
        detail.variables,
        lambda file: engine.attach_to_task(task_id, file),
    )


def attach_to_case(
    session: Session, engine: Engine, clock: Clock, instance_id: str, brought: Brought
) -> Attachment:
    """Keep a file on a case as a whole."""
    path, data = engine.get_instance(instance_id).scope, engine.variables(instance_id)
    return _attach(
        session, engine, clock, brought, path, data, lambda file: engine.attach_to_case(instance_id, file)
    )


def handed_out(
    session: Session, actor: Actor, engine: Engine, clock: Clock, attachment_id: str, *, as_file: bool
) -> Response:
    """The file, after noting who took it. Raises `Missing`."""
    found = engine.get_attachment(attachment_id)
    content = open_file(session, found.content_id)
    path = engine.get_instance(found.instance_id).scope
    act = "attachments:download" if as_file else "attachments:look"
    audit.record(session, actor, clock, act, "attachment", found.id, path=path)
    return _answer(found, content, as_file=as_file)


def _attach(
    session: Session,
    engine: Engine,
    clock: Clock,
    brought: Brought,
    path: str,
    data: dict[str, object],
    attach: Callable[[File], Attachment],
) -> Attachment:
    actor = engine.host.actor
    actor.require(Permission.DOCUMENTS_UPLOAD, path)
    customer = data.get("customer_id")
    upload = brought.upload
    content_id = keep_file(
        session, clock, upload.content, customer_id=customer if isinstance(customer, str) and customer else None
    )
    file = File(brought.kind, upload.filename, upload.media_type, len(upload.content), content_id)
    found = attach(file)
    after = {"kind": found.kind, "media_type": found.media_type, "size": found.size}
    audit.record(session, actor, clock, "attachments:add", "attachment", found.id, path=path, after=after)
    return found


def _answer(found: Attachment, content: bytes, *, as_file: bool) -> Response:
    """Only pictures and PDF are shown, and nothing in them may run or load anything."""
    shown = found.media_type in SHOWN and not as_file
    answer = Response(content, content_type=found.media_type if shown else "application/octet-stream")
    # A browser's own PDF viewer does not run in a sandbox, and needs no leave of the policy.
    policy = ["default-src 'none'", "style-src 'unsafe-inline'", "frame-ancestors 'self'"]
    policy += [] if found.media_type == "application/pdf" else ["sandbox"]
    answer.headers["Content-Security-Policy"] = "; ".join(policy)
    disposition = "inline" if shown else "attachment"
    answer.headers["Content-Disposition"] = f"{disposition}; filename*=UTF-8''{quote(found.filename, safe='')}"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
