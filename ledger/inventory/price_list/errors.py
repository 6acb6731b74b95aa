"""Why a whole file is refused: a code with parameters, worded by :mod:`.wording`."""

from __future__ import annotations

from collections.abc import Mapping

from .rows import Param


class PriceListError(Exception):
    """The file cannot be read as a price list; nothing of it was taken.

    ``code`` is one of the keys of ``wording.FILE_ERRORS``; ``params`` names the file, sheet or column.
    """

    def __init__(self, code: str, **params: Param) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, Param] = params


class RowRefused(Exception):
    """One unit row cannot go in; caught by the reader, which goes on with the next row."""

    def __init__(self, code: str, **params: Param) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, Param] = params
