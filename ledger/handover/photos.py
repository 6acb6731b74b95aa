"""Photos from phones are distrusted: what is kept was decoded and written anew, so nothing else travels in it.

EXIF (place, device, time), thumbnails and whatever hangs behind the picture are gone afterwards; which way is up
is applied before. Large pictures are made smaller.
"""

from __future__ import annotations

import hashlib
import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from ledger.documents.errors import UploadRefused
from ledger.documents.models import Document
from ledger.documents.operations import store_upload
from ledger.documents.uploads import JPEG, PNG, WEBP, sniff
from ledger.handover.cases import get_case, lock_case
from ledger.handover.errors import EntryReused, PhotoRefused
from ledger.handover.inspection_models import InspectionPhoto
from ledger.handover.models import MoveInCase
from ledger.staff.permissions import Permission

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 2000
_TAKEN = {JPEG.media_type: "JPEG", PNG.media_type: "PNG", WEBP.media_type: "WEBP"}
_QUALITY = 85


def clean_photo(content: bytes, *, field: str = "photo") -> bytes:
    """The picture as a JPEG with nothing but its pixels.

    Raises `PhotoRefused` for what is empty, too large, of another type by its content, or cannot be decoded whole.
    """
    if not content:
        raise PhotoRefused("photo_empty", field=field)
    if len(content) > MOST_BYTES:
        raise PhotoRefused("photo_too_large", field=field, limit=MOST_BYTES)
    try:
        kind = sniff(content, "jpg", field=field)
    except UploadRefused as refused:
        raise PhotoRefused("photo_is_no_photo", field=field) from refused
    if kind is None or kind.media_type not in _TAKEN:
        raise PhotoRefused("photo_is_no_photo", field=field)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[_TAKEN[kind.media_type]]) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise PhotoRefused("photo_too_large", field=field, limit=MOST_BYTES)
                opened.load()
                upright = ImageOps.exif_transpose(opened)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise PhotoRefused("photo_too_large", field=field, limit=MOST_BYTES) from bomb
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Warning) as broken:
        raise PhotoRefused("photo_is_broken", field=field) from broken
    return _as_jpeg(upright)


def _as_jpeg(picture: Image.Image) -> bytes:
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    flat = Image.new("RGB", picture.size, "white")
    seen_through = picture.convert("RGBA")
    flat.paste(seen_through, mask=seen_through.getchannel("A"))
    written = io.BytesIO()
    flat.save(written, "JPEG", quality=_QUALITY)
    return written.getvalue()


def keep_photo(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    photo_id: str,
    case_id: str,
    room: str,
    part: str,
    content: bytes,
) -> InspectionPhoto:
    """Keep a photo of a part; the same id with the same picture again is the first one.

    Raises `PhotoRefused`, `EntryReused` for an id that stands for another picture.
    """
    case = get_case(session, actor, case_id)
    actor.require(Permission.HANDOVER_INSPECT, case.path)
    photo = InspectionPhoto(
        id=photo_id,
        case_id=case_id,
        room=room,
        part=part,
        sent_hash=hashlib.sha256(content).hexdigest(),
        by=actor.id,
        at=clock.now(),
    )
    if (known := _known(session, photo)) is not None:
        return known
    picture = clean_photo(content)
    case = lock_case(session, actor, Permission.HANDOVER_INSPECT, case_id)
    if (known := _known(session, photo)) is not None:  # It was sent twice at once, and the other came first.
        return known
    name = f"{room}-{part}-{photo_id[-6:]}.jpg"
    photo.document_id = keep_picture(session, actor, clock, case, name, picture).id
    session.add(photo)
    return photo


def _known(session: Session, photo: InspectionPhoto) -> InspectionPhoto | None:
    """The photo that was kept under an id. Raises `EntryReused` when it is another one."""
    known = session.get(InspectionPhoto, photo.id)
    alike = ("case_id", "room", "part", "sent_hash")
    if known is not None and any(getattr(known, name) != getattr(photo, name) for name in alike):
        raise EntryReused(field="photo")
    return known


def keep_picture(
    session: Session, actor: Actor, clock: Clock, case: MoveInCase, filename: str, picture: bytes
) -> Document:
    """A cleaned picture as a document of the hand-over."""
    return store_upload(
        session,
        actor,
        clock,
        subject="move_in",
        subject_id=case.id,
        path=case.path,
        filename=filename,
        content=picture,
        owner_id=case.owner_id,
    )
