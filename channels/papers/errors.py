"""Why a paper is not issued."""

from __future__ import annotations

from collections.abc import Mapping

from kernel.errors import KeyturnError


class PaperError(KeyturnError):
    """A paper cannot be made from this data."""

    code = "paper.refused"


class PaperIncomplete(PaperError):
    """A required text is empty; ``field`` is its path, such as ``buyers.0.name``."""

    code = "paper.incomplete"


class MissingGlyphs(PaperError):
    """The fonts lack characters of a text, which would vanish from the paper without a trace.

    ``field`` is the path of the first such text; ``characters`` maps every path to what it lacks. The
    parameters name code points only, since a character may be part of a person's name.
    """

    code = "paper.missing_glyphs"

    def __init__(self, characters: Mapping[str, str]) -> None:
        self.characters = characters
        points = sorted({f"U+{ord(character):04X}" for lacking in characters.values() for character in lacking})
        super().__init__(field=next(iter(characters)), code_points=", ".join(points))
