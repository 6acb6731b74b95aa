"""Files that people bring: judged by their content, never by their name.

Taken are PDF, PNG, JPEG, WebP, Excel and Word without macros, CSV and plain text. A file must be what its name
says, stay within the size of its kind, and unpack to a sane size.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass

from ledger.documents.errors import UploadRefused

_MEGABYTE = 1024 * 1024
_MOST_UNPACKED = 200 * _MEGABYTE
_MOST_MEMBERS = 5_000
_LONGEST_NAME = 120


@dataclass(frozen=True)
class FileKind:
    """A kind of file: its media type, the endings it may have, and the most bytes it may take."""

    media_type: str
    endings: tuple[str, ...]
    limit: int


_OFFICE = "application/vnd.openxmlformats-officedocument"
PDF = FileKind("application/pdf", ("pdf",), 20 * _MEGABYTE)
PNG = FileKind("image/png", ("png",), 10 * _MEGABYTE)
JPEG = FileKind("image/jpeg", ("jpg", "jpeg"), 10 * _MEGABYTE)
WEBP = FileKind("image/webp", ("webp",), 10 * _MEGABYTE)
XLSX = FileKind(f"{_OFFICE}.spreadsheetml.sheet", ("xlsx",), 20 * _MEGABYTE)
DOCX = FileKind(f"{_OFFICE}.wordprocessingml.document", ("docx",), 20 * _MEGABYTE)
CSV = FileKind("text/csv", ("csv",), 10 * _MEGABYTE)
TXT = FileKind("text/plain", ("txt",), 10 * _MEGABYTE)
KINDS = (PDF, PNG, JPEG, WEBP, XLSX, DOCX, CSV, TXT)
LARGEST = max(kind.limit for kind in KINDS)

_MARKS = (
    (re.compile(rb"%PDF-"), PDF),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), PNG),
    (re.compile(rb"\xff\xd8\xff"), JPEG),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), WEBP),
)
_MARKUP = re.compile(rb"\s*(<!doctype|<html|<script|<svg|<\?xml|<\?php|#!)", re.IGNORECASE)
_UNSAFE = re.compile(r'[<>:"|?*\\/\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)


@dataclass(frozen=True)
class CheckedUpload:
    """A file that passed: a clean name, its media type as its content shows it, the content."""

    filename: str
    media_type: str
    content: bytes


def check_upload(filename: str, content: bytes, *, field: str = "file") -> CheckedUpload:
    """The file with a clean name and its true media type. Raises `UploadRefused` saying what is wrong."""
    if not content:
        raise UploadRefused("upload_empty", field=field)
    if len(content) > LARGEST:
        raise UploadRefused("upload_too_large", field=field, limit=LARGEST, size=len(content))
    name = clean_filename(filename)
    ending = name.rpartition(".")[2].lower()
    if not any(ending in kind.endings for kind in KINDS):
        taken = [end for kind in KINDS for end in kind.endings]
        raise UploadRefused("upload_kind_not_taken", field=field, taken=taken)
    kind = sniff(content, ending, field=field)
    if kind is None or ending not in kind.endings:
        looks = kind.endings[0] if kind else "unknown"
        raise UploadRefused("upload_not_what_it_says", field=field, says=ending, looks=looks)
    if len(content) > kind.limit:
        raise UploadRefused("upload_too_large", field=field, limit=kind.limit, size=len(content))
    return CheckedUpload(name, kind.media_type, content)


def sniff(content: bytes, ending: str, *, field: str = "file") -> FileKind | None:
    """The kind that the content is, or None. Text has no mark of its own, so there the ending decides."""
    for mark, kind in _MARKS:
        if mark.match(content):
            return kind
    if content.startswith(b"PK\x03\x04"):
        return _sniff_office(content, field)
    if _is_text(content):
        return CSV if ending == "csv" else TXT
    return None


def _sniff_office(content: bytes, field: str) -> FileKind | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return None
    unpacked = sum(member.file_size for member in members)
    if unpacked > _MOST_UNPACKED or len(members) > _MOST_MEMBERS:
        raise UploadRefused("upload_unpacks_too_large", field=field, limit=_MOST_UNPACKED)
    names = {member.filename for member in members}
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise UploadRefused("upload_has_macros", field=field)
    if "[Content_Types].xml" not in names:
        return None
    return XLSX if "xl/workbook.xml" in names else DOCX if "word/document.xml" in names else None


def _is_text(content: bytes) -> bool:
    if _MARKUP.match(content) or b"\x00" in content:
        return False
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not any(unicodedata.category(sign) == "Cc" and sign not in "\t\r\n\f" for sign in text)
    return False


def clean_filename(filename: str) -> str:
    """The bare name: no folders, control or direction signs, nothing a file system treats specially."""
    name = unicodedata.normalize("NFC", filename).replace("\\", "/").rpartition("/")[2]
    name = "".join(sign for sign in name if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    name = _UNSAFE.sub("_", name).strip().rstrip(" .")
    stem, dot, ending = name.rpartition(".")
    stem, ending = (stem, ending) if dot else (name, "")
    stem = stem.strip(" .") or "file"
    if _RESERVED.match(f"{stem}."):
        stem = f"_{stem}"
    ending = ending[:10]
    room = _LONGEST_NAME - len(ending) - 1
    return f"{stem[:room]}.{ending}" if ending else stem[:room]
