"""A paper made of a template: what the layout ``templated`` sets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from .data import Letterhead, PaperBase


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplatedData(PaperBase):
    """Blocks as `ledger.templates.filling` gives them: every text is shown as it is and never read as markup.

    ``version`` names the template's version in the footer, ``reprint`` marks a copy (补打), ``sample`` a preview
    of a text, ``draft`` an approval sheet that is not the kept one.
    """

    template: ClassVar[str] = "templated"

    number: str
    issued_on: str
    letterhead: Letterhead
    title: str
    blocks: tuple[dict[str, Any], ...]
    version: str = ""
    reprint: int = 0
    sample: bool = False
    draft: bool = False
