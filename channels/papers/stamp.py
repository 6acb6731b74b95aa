"""A reprint of a paper that was stored (补打): the very pages of the PDF, with a mark and a count on each."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import typst

from .errors import PaperError
from .render import LAYOUTS, Language, fonts, page_count

_STAMP = "stamp"


def stamped(pdf: bytes, *, reprint: int, language: Language) -> bytes:
    """The pages of one of our own papers with the mark of its ``reprint``-th copy.

    Raises :class:`PaperError` for what is no PDF of ours.
    """
    inputs = {"pages": str(page_count(pdf)), "reprint": str(reprint), "language": language}
    with TemporaryDirectory(prefix="keyturn-reprint-") as name:
        folder = Path(name)
        (folder / "stored.pdf").write_bytes(pdf)
        layout = shutil.copy(LAYOUTS / f"{_STAMP}.typ", folder)
        try:
            made = typst.compile(
                str(layout), root=str(folder), font_paths=fonts(), format="pdf", sys_inputs=inputs, timestamp=0
            )
        except typst.TypstError as error:
            raise PaperError("paper.layout_failed", template=_STAMP, reason=error.message) from error
    if not isinstance(made, bytes) or not page_count(pdf):
        raise PaperError("paper.layout_failed", template=_STAMP, reason="the stored file has no pages")
    return made
