"""Is a file what its name says? Decided by its content before anything parses it."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import PurePath

from .errors import PriceListError
from .grid import Limits

XLSX, CSV = "xlsx", "csv"
_NAMES = {".xlsx": XLSX, ".csv": CSV}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ENCRYPTED_ZIP_FLAG = 0x1
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|table|meta|\?xml)", re.IGNORECASE)
_FOREIGN = {
    b"%PDF": "pdf",
    b"\x89PNG": "image",
    b"\xff\xd8\xff": "image",
    b"GIF8": "image",
    b"Rar!": "archive",
    b"7z\xbc\xaf": "archive",
    b"\x1f\x8b": "archive",
    b"MZ": "program",
    b"\x7fELF": "program",
}


def checked_kind(content: bytes, file_name: str, limits: Limits) -> str:
    """``xlsx`` or ``csv``; raise :class:`PriceListError` when name and content do not agree are at odds."""
    suffix = PurePath(file_name).suffix.lower()
    if suffix not in _NAMES:
        raise PriceListError("unknown_extension", file=file_name, extension=suffix)
    if len(content) >= limits.file_bytes:
        raise PriceListError("too_large", file=file_name, limit_mb=limits.file_bytes // 1_000_000)
    if not content.strip(b"\0 \t\r\n"):
        raise PriceListError("empty_file", file=file_name)
    if content.startswith(_OLE):
        raise PriceListError("encrypted" if _ENCRYPTED in content else "old_workbook", file=file_name)
    zipped = content.startswith(b"PK\x03\x04")
    if not zipped and (found := _foreign(content)):
        raise PriceListError("not_what_its_name_says", file=file_name, extension=suffix, found=found)
    if zipped != (_NAMES[suffix] == XLSX):
        found = "zip" if zipped else "text"
        raise PriceListError("not_what_its_name_says", file=file_name, extension=suffix, found=found)
    return _NAMES[suffix]


def open_package(content: bytes, file_name: str, limits: Limits) -> zipfile.ZipFile:
    """The zip package of a workbook, bounded in parts and unpacked size before anything is unpacked."""
    try:
        package = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise PriceListError("damaged", file=file_name) from error
    parts = package.infolist()
    if len(parts) > limits.parts or sum(part.file_size for part in parts) > limits.unpacked_bytes:
        raise PriceListError("unpacks_too_large", file=file_name, limit_mb=limits.unpacked_bytes // 1_000_000)
    if any(part.flag_bits & _ENCRYPTED_ZIP_FLAG for part in parts):
        raise PriceListError("encrypted", file=file_name)
    if "[Content_Types].xml" not in package.namelist() or not any(
        name.lower() == "xl/workbook.xml" for name in package.namelist()
    ):
        raise PriceListError("not_a_workbook", file=file_name)
    return package


def _foreign(content: bytes) -> str:
    for start, kind in _FOREIGN.items():
        if content.startswith(start):
            return kind
    head = content[:2048].removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip()
    return "html" if _HTML.match(head) else ""
