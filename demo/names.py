"""Invented buyers: names, phones and ID numbers that are well formed and belong to nobody.

The ID numbers carry a division code that was never given out, the phones a block that is not in use.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

_FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹"
_GIVEN = (
    "梓涵", "浩宇", "欣怡", "子轩", "雨桐", "俊杰", "思琪", "宇轩", "佳怡", "明哲",
    "诗雨", "天佑", "静怡", "志强", "晓东", "丽华", "建国", "海燕", "文静", "永康",
    "若曦", "嘉懿", "煜城", "懿轩", "烨伟", "苑博", "伟泽", "熠彤", "鸿煊", "博涛",
    "烨霖", "智宸", "正豪", "昊然", "明杰", "立诚", "立轩", "立辉", "峻熙", "弘文",
    "婉莹", "语嫣", "清妍", "安琪", "慧敏", "玉兰", "春梅", "秋菊", "凤英", "桂芳",
)  # fmt: skip
_SOURCES = ("朋友介绍", "户外广告", "网络平台", "路过", "老业主推荐", "渠道带看")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_DIVISION = "319900"


@dataclass(frozen=True)
class Buyer:
    """Somebody who may buy."""

    name: str
    phone: str
    id_no: str
    source: str


class Buyers:
    """A source of buyers that never repeats a number; the same seed gives the same people."""

    def __init__(self, seed: int, *, first: int = 1000) -> None:
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self._first = first
        self._count = 0

    def next(self) -> Buyer:
        """The next invented buyer."""
        self._count += 1
        name = self._random.choice(_FAMILY) + self._random.choice(_GIVEN)
        phone = f"1990000{(self._first + self._count) % 10_000:04}"
        return Buyer(name, phone, self._id_number(), self._random.choice(_SOURCES))

    def _id_number(self) -> str:
        born = date(1958, 1, 1) + timedelta(days=self._random.randrange(16_000))
        body = f"{_DIVISION}{born:%Y%m%d}{(self._first + self._count) % 1000:03}"
        total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True))
        return body + _CHECK[total % 11]
