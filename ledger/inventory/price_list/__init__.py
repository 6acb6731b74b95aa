"""The pure price-list reader (价目表): bytes in, unit rows, refused rows and permits out; no database."""

from .errors import PriceListError
from .grid import Limits
from .reader import propose_columns, read_price_list
from .rows import (
    Column,
    ColumnMapping,
    Field,
    PermitFound,
    PriceList,
    Refusal,
    SheetRead,
    SkippedRow,
    UnitRow,
)
from .wording import FIELD_NAMES, error_text, reason_text

__all__ = [
    "FIELD_NAMES",
    "Column",
    "ColumnMapping",
    "Field",
    "Limits",
    "PermitFound",
    "PriceList",
    "PriceListError",
    "Refusal",
    "SheetRead",
    "SkippedRow",
    "UnitRow",
    "error_text",
    "propose_columns",
    "read_price_list",
    "reason_text",
]
