"""Guards on amounts: whole fen, positive, not absurd; yuan typed by people become fen without rounding."""

from __future__ import annotations

import re

from ledger.finance.currencies import without_currency
from ledger.finance.errors import AmountInvalid

LARGEST = 10**12
"""Ten billion yuan in fen; nothing that one buyer pays comes near."""

_YUAN = re.compile(r"(-?)(\d{1,15})(?:\.(\d+))?")


def require_amount(amount_fen: int, field: str = "amount_fen") -> int:
    """Return a positive whole amount of fen; raises `AmountInvalid` that names ``field``."""
    if type(amount_fen) is not int:
        raise AmountInvalid("amount_not_whole_fen", field=field)
    if amount_fen <= 0:
        raise AmountInvalid("amount_not_positive", field=field, amount_fen=amount_fen)
    if amount_fen > LARGEST:
        raise AmountInvalid("amount_absurd", field=field, limit_fen=LARGEST)
    return amount_fen


def fen_of_yuan(text: str, field: str = "amount", currency: str = "CNY") -> int:
    """Fen from yuan as people type it, with or without thousands commas and the sign of ``currency``.

    Raises `AmountInvalid` for a third decimal (nothing is rounded in silence), zero, negative and absurd amounts,
    and for the sign or code of another currency.
    """
    digits = without_currency(text, currency, field)
    match = _YUAN.fullmatch(digits.replace(",", "").replace("，", "").strip())
    if not match:
        raise AmountInvalid("amount_not_a_number", field=field)
    sign, yuan, decimals = match[1], match[2], (match[3] or "")
    if len(decimals) > 2:
        raise AmountInvalid("amount_third_decimal", field=field)
    fen = int(yuan) * 100 + int(decimals.ljust(2, "0"))
    return require_amount(-fen if sign else fen, field)
