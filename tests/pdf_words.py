"""The words of a PDF as any reader finds them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.machine import PDFTOTEXT


def words_of(pdf: bytes, folder: Path) -> str:
    """The text of a paper without its spaces; the test is left out where `pdftotext` is not installed."""
    if PDFTOTEXT is None:
        pytest.skip("pdftotext is not installed")
    file = folder / "paper.pdf"
    file.write_bytes(pdf)
    told = subprocess.run([PDFTOTEXT, "-layout", str(file), "-"], capture_output=True, check=True)  # noqa: S603
    return told.stdout.decode().replace(" ", "")
