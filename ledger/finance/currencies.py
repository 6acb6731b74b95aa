"""Which currency an amount is typed in: only the project's own is taken, another is refused by its name."""

from __future__ import annotations

import re

from ledger.finance.errors import AmountInvalid

_SIGNS = {
    "CNY": ("¥", "￥", "元", "RMB", "人民币"),
    "USD": ("US$", "$", "＄", "美元"),
    "HKD": ("HK$", "港币", "港元"),
    "TWD": ("NT$", "新台币"),
    "SGD": ("S$", "新加坡元"),
    "EUR": ("€", "欧元"),
    "GBP": ("£", "英镑"),
    "JPY": ("円", "日元"),
    "KRW": ("₩", "韩元"),
    "INR": ("₹",),
    "RUB": ("₽", "卢布"),
    "THB": ("฿", "泰铢"),
}
CURRENCIES = tuple(_SIGNS)
# The longest sign first: US$ is no bare $, and 港元 and 美元 are no 元.
_BY_SIGN = sorted(
    ((sign, code) for code, signs in _SIGNS.items() for sign in (code, *signs)), key=lambda pair: -len(pair[0])
)
_LETTERS = re.compile(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])")


def without_currency(text: str, own: str, field: str) -> str:
    """The amount without the sign or code of the project's own currency.

    Raises `AmountInvalid` that names another currency, or quotes a code that is none of those known.
    """
    typed = text.strip()
    for sign, code in _BY_SIGN:
        if sign.casefold() not in typed.casefold():
            continue
        if code != own:
            raise AmountInvalid(
                "amount_other_currency", field=field, currency=f"currency.{code}", own=f"currency.{own}"
            )
        return re.sub(re.escape(sign), "", typed, flags=re.IGNORECASE).strip()
    if _LETTERS.search(typed):
        raise AmountInvalid("amount_unknown_currency", field=field, own=f"currency.{own}")
    return typed
