"""Names in pinyin (拼音), in full and as initials, so that ``zs`` and ``zhangsan`` find 张三.

A surname is often read otherwise than the same sign elsewhere (单 is Shàn, 曾 Zēng, 尉迟 Yùchí). Given names with
several readings are indexed under each, within a bound; a firm's name is read as a text.
"""

from __future__ import annotations

import re
from itertools import product

from pypinyin import Style, lazy_pinyin, pinyin

_LONGEST = 120
_MOST_READINGS = 16
_MOST_PER_SIGN = 3
_TOKEN = re.compile(r"[a-z0-9]+|[\u3400-\u9fff\U00020000-\U000323af]+")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]")

# Readings as surnames where the everyday reading differs; by reading, because several signs share one.
_SURNAMES_BY_READING = {
    "bai": "柏",
    "bi": "秘",
    "bo": "柏",
    "bu": "卜",
    "chen": "谌",
    "chong": "种重",
    "di": "翟",
    "du": "都",
    "gai": "盖",
    "ge": "盖",
    "gou": "句",
    "gui": "炅会",
    "he": "黑",
    "huan": "郇",
    "jue": "角",
    "kan": "阚",
    "kui": "隗",
    "kuo": "适",
    "le": "乐",
    "miao": "缪",
    "mou": "牟",
    "mu": "牟",
    "nai": "能佴",
    "ou": "区",
    "piao": "朴",
    "po": "繁",
    "qin": "覃",
    "qiu": "仇",
    "shan": "单",
    "shao": "召",
    "she": "折",
    "shen": "莘谌",
    "tan": "覃",
    "wei": "隗",
    "xian": "洗",
    "xie": "解",
    "xin": "莘",
    "xun": "郇",
    "yao": "么",
    "yue": "乐",
    "yun": "员贠",
    "zang": "藏",
    "zeng": "曾",
    "zha": "查",
    "zhai": "翟祭",
    "zhu": "术",
}
_DOUBLE_SURNAMES = frozenset(
    re.findall(
        "..",
        "万俟上官东方东郭亓官令狐公冶公孙南宫单于司徒司马呼延夏侯太叔子车宇文完颜宗政尉迟慕容"
        "拓跋欧阳淳于澹台濮阳独孤申屠百里皇甫端木第五纳兰诸葛赫连轩辕钟离长孙闾丘颛孙鲜于",
    )
)


def name_terms(name: str, *, kind: str = "person") -> set[str]:
    """The spellings under which a name is found: each reading in full and as initials, words of Latin names."""
    text = name.strip().lower()
    syllables = [readings for token in _TOKEN.findall(text) for readings in _readings(token, kind, text)]
    terms = {token for token in _TOKEN.findall(text) if not _HAN.match(token)}
    for reading in _combinations(syllables):
        full = "".join(reading)
        # 吕 is typed lv, lyu or lu.
        terms |= {full, full.replace("v", "yu"), full.replace("v", "u"), "".join(part[0] for part in reading)}
    return {term[:_LONGEST] for term in terms if term}


def _readings(token: str, kind: str, text: str) -> list[tuple[str, ...]]:
    """The possible readings of each sign of a token; a Latin word is its own reading."""
    if not _HAN.match(token):
        return [(token,)]
    usual = _usual(token)
    if kind != "person":
        return [(reading,) for reading in usual]
    surname = _surname(token, usual) if text.startswith(token) else []
    given = zip(usual[len(surname) :], token[len(surname) :], strict=True)
    return surname + [_given(reading, sign) for reading, sign in given]


def _surname(token: str, usual: list[str]) -> list[tuple[str, ...]]:
    if token[:2] in _DOUBLE_SURNAMES:
        return [(reading,) for reading in _usual(token[:2])]
    special = tuple(reading for reading, signs in _SURNAMES_BY_READING.items() if token[0] in signs)
    return [special or tuple(_usual(token[0]))]


def _given(usual: str, sign: str) -> tuple[str, ...]:
    """The reading that fits the neighbouring signs first, then the commoner of the others."""
    [others] = pinyin(sign, style=Style.NORMAL, heteronym=True, errors=_unread)
    return tuple(dict.fromkeys([usual, *others]))[:_MOST_PER_SIGN]


def _usual(signs: str) -> list[str]:
    together: list[str] = lazy_pinyin(signs, style=Style.NORMAL, errors=_unread)
    if len(together) == len(signs):
        return together
    return [lazy_pinyin(sign, style=Style.NORMAL, errors=_unread)[0] for sign in signs]


def _unread(_sign: str) -> str:
    """A sign nobody has a reading for; it stands for itself by a letter that no syllable begins with."""
    return "v"


def _combinations(syllables: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Every reading of the whole name within the bound; once it is reached, the signs keep their usual one."""
    count = 1
    bounded: list[tuple[str, ...]] = []
    for readings in syllables:
        kept = readings if count * len(readings) <= _MOST_READINGS else readings[:1]
        count *= len(kept)
        bounded.append(kept)
    return list(product(*bounded)) if bounded else []
