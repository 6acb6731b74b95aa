"""A photo that is no photo is refused by itself, with a reason; what else the phone sends arrives."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image
from sqlalchemy import select

from kernel.ids import new_id
from ledger.documents.models import Document
from ledger.handover import photos
from ledger.handover.errors import PhotoRefused
from ledger.handover.inspection_models import InspectionPhoto
from tests.stories.company import Company
from tests.stories.moving_in import Moving, moving_in, picture


def chunk(kind: bytes, content: bytes) -> bytes:
    """One part of a PNG file."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width: int, height: int) -> bytes:
    """A PNG of one colour: a few kilobytes that would become as many bits as it has pixels."""
    rows = zlib.compress(bytes((width // 8 + 1) * min(height, 20_000)), 9)
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def animated() -> bytes:
    """A GIF, which no camera takes."""
    content = io.BytesIO()
    Image.new("P", (20, 20)).save(content, "GIF")
    return content.getvalue()


NO_PHOTOS = {
    "nothing at all": (b"", "photo_empty"),
    "a text file by another name": ("墙面有裂缝，请尽快维修。\n".encode() * 40, "photo_is_no_photo"),
    "a page": (b"<!doctype html><script>alert(1)</script>", "photo_is_no_photo"),
    "a drawing that can carry scripts": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo_is_no_photo"),
    "a paper": (b"%PDF-1.7 no photo", "photo_is_no_photo"),
    "a moving picture": (animated(), "photo_is_no_photo"),
    "a JPEG that broke off": (picture(size=(600, 400))[:1_500], "photo_is_broken"),
    "a PNG that broke off": (png(600, 400)[:60], "photo_is_broken"),
    "a text that begins like a JPEG": (b"\xff\xd8\xff" + b"x" * 50, "photo_is_broken"),
    "108 megapixels": (png(12_000, 9_000), "photo_too_large"),
    "a bomb of 3.6 gigapixels": (png(60_000, 60_000), "photo_too_large"),
    "more bytes than are taken": (picture() + bytes(photos.MOST_BYTES), "photo_too_large"),
}


def test_what_is_no_photo_is_refused_with_its_reason_and_the_rest_of_the_phone_arrives(company: Company) -> None:
    moving = moving_in(company, days=1)
    moving.begin()
    moving.come()
    moving.enter("kitchen", "wall", "defect", "cracked")
    told = {name: _refusal(moving, content) for name, (content, _) in NO_PHOTOS.items()}
    assert told == {name: code for name, (_, code) in NO_PHOTOS.items()}
    assert _kept(company) == (0, 0)

    good = new_id()
    _keep(moving, picture(), good)
    _keep(moving, picture(), good)  # The phone did not hear the answer.
    assert _kept(company) == (1, 1)
    moving.enter("kitchen", "pipes")
    moving.inspect(("kitchen", "wall"))
    moving.sign()
    assert moving.defects() == [("wall", "open", 1)]


def _keep(moving: Moving, content: bytes, photo_id: str) -> None:
    company, case_id = moving.company, moving.case().id
    wanted = {"case_id": case_id, "room": "kitchen", "part": "wall", "content": content, "photo_id": photo_id}
    company.act("agent", lambda s, a: photos.keep_photo(s, a, company.clock, **wanted))


def _refusal(moving: Moving, content: bytes) -> str:
    with pytest.raises(PhotoRefused) as why:
        _keep(moving, content, new_id())
    assert why.value.field == "photo"
    return why.value.code


def _kept(company: Company) -> tuple[int, int]:
    """Photos of the inspection, and pictures among the documents of hand-overs."""
    shots = company.read(lambda s: s.scalars(select(InspectionPhoto.id)).all())
    papers = company.read(lambda s: s.scalars(select(Document.id).where(Document.subject == "move_in")).all())
    return len(shots), len(papers)
