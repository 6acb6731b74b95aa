"""Why a whole file is refused: a code with parameters, worded by :mod:`.wording`."""

from __future__ import annotations

from collections.abc import Mapping

from kernel.errors import KeyturnError

from .rows import Param

PREFIX = "price_list."


class PriceListError(KeyturnError):
    """The file cannot be read as a price list; nothing of it was taken.

    ``reason`` is a key of ``wording.FILE_ERRORS`` and ``code`` the same with the prefix ``price_list.``;
    ``params`` names the file, sheet or column.
    """

    def __init__(self, reason: str, **params: Param) -> None:
        super().__init__(PREFIX + reason, field="file", **params)
        self.reason = reason


class RowRefused(Exception):
    """One unit row cannot go in; caught by the reader, which goes on with the next row."""

    def __init__(self, code: str, **params: Param) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, Param] = params
