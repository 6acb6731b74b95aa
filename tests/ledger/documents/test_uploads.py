"""A file is judged by its content: what is not taken, too large or misnamed is refused, and names are cleaned."""

import io
import unicodedata
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.documents import uploads
from ledger.documents.errors import UploadRefused
from ledger.documents.uploads import check_upload, clean_filename


def archive(*names: str, size: int = 1) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names:
            file.writestr(name, b"x" * size)
    return buffer.getvalue()


EXCEL = archive("[Content_Types].xml", "xl/workbook.xml")
WORD = archive("[Content_Types].xml", "word/document.xml")
GOOD = [
    ("a.pdf", b"%PDF-1.4", "application/pdf"),
    ("a.PNG", b"\x89PNG\r\n\x1a\n0", "image/png"),
    ("a.jpeg", b"\xff\xd8\xff\xe0", "image/jpeg"),
    ("a.webp", b"RIFF0000WEBPVP8", "image/webp"),
    ("a.csv", "房号,总价".encode("gb18030"), "text/csv"),
    ("a.txt", "备注".encode(), "text/plain"),
    ("a.xlsx", EXCEL, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("a.docx", WORD, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
]


@pytest.mark.parametrize(("name", "content", "media_type"), GOOD)
def test_a_file_that_is_what_its_name_says_is_taken(name: str, content: bytes, media_type: str) -> None:
    assert check_upload(name, content).media_type == media_type


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", b"", "upload_empty"),
        ("a.exe", b"MZ", "upload_kind_not_taken"),
        ("a", b"text", "upload_kind_not_taken"),
        ("a.pdf", b"MZ\x90\x00", "upload_not_what_it_says"),
        ("a.xlsx", WORD, "upload_not_what_it_says"),
        ("a.xlsx", archive("readme"), "upload_not_what_it_says"),
        ("a.xlsx", b"PK\x03\x04 broken", "upload_not_what_it_says"),
        ("a.csv", EXCEL, "upload_not_what_it_says"),
        ("a.csv", b"\x00\x01", "upload_not_what_it_says"),
        ("a.txt", b" <script>alert(1)</script>", "upload_not_what_it_says"),
        ("a.txt", b"<!DOCTYPE html>", "upload_not_what_it_says"),
        ("a.xlsx", archive("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"), "upload_has_macros"),
    ],
)
def test_a_file_that_is_not_taken_is_told_why(name: str, content: bytes, code: str) -> None:
    with pytest.raises(UploadRefused) as refusal:
        check_upload(name, content)
    assert (refusal.value.code, refusal.value.field) == (code, "file")


def test_a_file_above_its_limit_is_refused() -> None:
    with pytest.raises(UploadRefused) as refusal:
        check_upload("a.png", b"\x89PNG\r\n\x1a\n" + bytes(uploads.PNG.limit))
    assert refusal.value.code == "upload_too_large"
    with pytest.raises(UploadRefused):
        check_upload("a.pdf", b"%PDF-" + bytes(uploads.LARGEST))


def test_an_archive_that_unpacks_to_far_more_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "_MOST_UNPACKED", 100_000)
    bomb = archive("[Content_Types].xml", "xl/workbook.xml", size=60_000)
    assert len(bomb) < 1_000
    with pytest.raises(UploadRefused) as refusal:
        check_upload("a.xlsx", bomb)
    assert refusal.value.code == "upload_unpacks_too_large"


@pytest.mark.parametrize(
    ("given_name", "clean"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\li\\合同.pdf", "合同.pdf"),
        ("a\u202egnp.pdf", "agnp.pdf"),
        ("con.txt", "_con.txt"),
        (".pdf", "file.pdf"),
        ('a<b>:"c".csv', "a_b___c_.csv"),
        ("", "file"),
    ],
)
def test_names_are_cleaned(given_name: str, clean: str) -> None:
    assert clean_filename(given_name) == clean


@given(st.text(max_size=300))
def test_no_name_can_leave_its_folder_or_hide_its_ending(name: str) -> None:
    clean = clean_filename(name)
    assert 0 < len(clean) <= 120
    assert not set(clean) & set('/\\<>:"|?*\x00') and clean not in (".", "..")
    assert not any(unicodedata.category(sign) in ("Cc", "Cf") for sign in clean)
