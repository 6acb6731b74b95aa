"""Amounts in capitals (大写金额), as the People's Bank prescribes for bills and receipts.

正确填写票据和结算凭证的基本规定: digits 壹…玖 with 拾佰仟万亿, a 零 for zeros between digits but one for several,
整 after 元 and after 角, none after 分. Where the rule leaves a 零 open, it is written before 角 (…元零叁角贰分)
and left out after 万 and 亿 (壹拾万柒仟元).
"""

from __future__ import annotations

DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("仟", "佰", "拾", "")
_GROUPS = ("", "万", "亿", "万亿")
LIMIT_FEN = 10**18
_GROUP = 10_000


def in_capitals(amount_fen: int) -> str:
    """``amount_fen`` in capitals, without the word 人民币 that the paper prints before it.

    168032 is 壹仟陆佰捌拾元零叁角贰分, 0 is 零元整. Raises ``ValueError`` for negative amounts and from ten
    thousand million million yuan up.
    """
    if not 0 <= amount_fen < LIMIT_FEN:
        raise ValueError(f"{amount_fen} fen cannot be written in capitals")
    yuan, cents = divmod(amount_fen, 100)
    tenths, hundredths = divmod(cents, 10)
    text = f"{_integer(yuan)}元" if yuan or not cents else ""
    if tenths:
        text += ("零" if yuan and yuan % 10 == 0 else "") + DIGITS[tenths] + "角"
    elif hundredths and yuan:
        text += "零"
    return text + (f"{DIGITS[hundredths]}分" if hundredths else "整")


def _integer(yuan: int) -> str:
    if yuan == 0:
        return DIGITS[0]
    groups = []
    while yuan:
        yuan, group = divmod(yuan, _GROUP)
        groups.append(group)
    text, skipped = "", False
    for level in range(len(groups) - 1, -1, -1):
        group = groups[level]
        if group == 0:
            skipped = True
            continue
        if text and (skipped or group < _GROUP // 10):
            text += DIGITS[0]
        text += _thousands(group) + _name(level, groups)
        skipped = False
    return text


def _name(level: int, groups: list[int]) -> str:
    """万亿 is written once: 万 alone where 亿 follows with figures of its own."""
    return "万" if level == len(_GROUPS) - 1 and groups[2] else _GROUPS[level]


def _thousands(group: int) -> str:
    text, pending = "", False
    for digit, place in zip(f"{group:04d}", _PLACES, strict=True):
        if digit == "0":
            pending = bool(text)
            continue
        text += (DIGITS[0] if pending else "") + DIGITS[int(digit)] + place
        pending = False
    return text
