"""What a heading means: the words that sales offices put over the columns of a price list."""

from __future__ import annotations

import re

from .grid import plain
from .quantities import TEN_THOUSAND_PER_M2, YUAN, YUAN_PER_M2, unit_of
from .rows import Field

EXACT, PATTERN = 100, 80

_EXACT: dict[Field, str] = {
    Field.BUILDING: "楼栋 楼号 幢号 栋号 楼栋号 楼幢号 楼座 幢 栋 座 座号 楼宇 building block tower bldg",
    Field.ENTRANCE: "单元 单元号 门栋 梯号 entrance staircase",
    Field.FLOOR: "楼层 层 层数 层号 所在层 所在楼层 floor level storey",
    Field.UNIT_NO: "房号 房间 房间号 室号 室 户号 房屋号 房屋编号 房源 门牌号 单位号 "
    "unit unitno unitnumber room roomno flat flatno apartment apartmentno",
    Field.LAYOUT: "户型 房型 户型结构 居室 layout unittype floorplan bedrooms",
    Field.BUILDING_AREA: "建筑面积 建面 预测建筑面积 预测面积 实测建筑面积 销售面积 房屋面积 面积 "
    "buildingarea grossarea grossfloorarea gfa area unitarea",
    Field.INSIDE_AREA: "套内面积 套内建筑面积 套内 套面 预测套内面积 实测套内面积 insidearea netarea internalarea",
    Field.SHARED_AREA: "公摊面积 公摊 分摊面积 分摊 共有面积 公用面积 sharedarea commonarea",
    Field.LIST_UNIT_PRICE: "单价 标准单价 备案单价 销售单价 表单价 表价单价 建面单价 建筑单价 面价 "
    "unitprice listunitprice pricepersqm priceperm2",
    Field.LIST_PRICE: "总价 标准总价 备案总价 销售总价 表总价 表价总价 总房价 房屋总价 总价款 房款 "
    "total totalprice listprice price listtotal",
    Field.FLOOR_UNIT_PRICE: "底价单价 底单价 最低单价 floorunitprice minimumunitprice",
    Field.FLOOR_PRICE: "底价 底总价 底价总价 最低总价 最低价 保底价 floorprice minimumprice reserveprice",
    Field.ORIENTATION: "朝向 座向 orientation facing aspect",
    Field.STATE: "状态 销售状态 房态 房间状态 房屋状态 销控状态 state status availability",
    Field.NOTE: "备注 说明 备注说明 note notes remark remarks comment comments",
}
_WORDS = {word: field for field, words in _EXACT.items() for word in words.split()}

_OTHER_MONEY = re.compile(
    r"优惠|折后|折扣|折|一次性|按揭|首付|月供|成交|实收|付款|定金|涨|车位|装修|契税|维修|套内单价|套内.*单价|"
    r"discount|deposit|monthly|parking|tax"
)
_PATTERNS: tuple[tuple[Field | None, re.Pattern[str]], ...] = (
    (None, re.compile(r"层高|总层|序号|编号|^no\.?$|^#$|面积差|权属|用途|产品|许可证|得房率")),
    (Field.FLOOR_UNIT_PRICE, re.compile(r"(底|最低).*单价|单价.*(底|最低)|(floor|min).*(unitprice|per)")),
    (Field.FLOOR_PRICE, re.compile(r"底价|底总价|最低.*价|(floor|minimum|reserve).*price")),
    (None, _OTHER_MONEY),
    (Field.LIST_UNIT_PRICE, re.compile(r"单价|均价|unitprice|priceper|price/")),
    (
        Field.LIST_PRICE,
        re.compile(r"总价|总房价|总金额|标准价|表价|挂牌价|销售价|备案价|售价|房价|total|price"),
    ),
    (Field.INSIDE_AREA, re.compile(r"套内|使用面积|(inside|net|internal|carpet).*area")),
    (Field.SHARED_AREA, re.compile(r"公摊|分摊|(shared|common).*area")),
    (Field.BUILDING_AREA, re.compile(r"面积|建面|area|gfa")),
    (Field.STATE, re.compile(r"状态|房态|status|availability")),
    (Field.NOTE, re.compile(r"备注|说明|remark|comment")),
    (Field.LAYOUT, re.compile(r"户型|房型|layout|type")),
    (Field.ORIENTATION, re.compile(r"朝向|orientation|facing")),
    (Field.UNIT_NO, re.compile(r"房号|房间号?$|室号|户号|unitn|roomn|flatn|apartmentn")),
    (Field.FLOOR, re.compile(r"楼层|所在层|^floor|^level")),
    (Field.ENTRANCE, re.compile(r"单元")),
    (Field.BUILDING, re.compile(r"楼栋|楼号|[栋幢座]号|building|tower")),
)
_BRACKETS = re.compile(r"[(\[【]([^)\]】]*)[)\]】]")
_TAIL_UNIT = re.compile(r"(?<!单)(?:万?元)(?:/(?:m2|平方米|平米|平|sqm))?$")
_PUNCTUATION = re.compile(r"[\s*:_\-·.]+")
_TITLE_UNIT = re.compile(r"(?:货币|金额|价格)?单位\s*:\s*([^)\]】]+)|unit\s*:\s*([^)\]】]+)", re.IGNORECASE)

GROUP_HINT = re.compile(r"底价|最低|标准|表价|备案|销售|floor|minimum|list", re.IGNORECASE)
"""A heading over several columns that changes what the headings below it mean."""


def heading_unit(text: str) -> str:
    """The unit that a heading names: 总价(万元), 单价/元, 单价(元/㎡); empty where it names none."""
    heading = plain(text).lower()
    for content in _BRACKETS.findall(heading):
        unit = unit_of(content.strip(), whole=True)
        if unit:
            return unit
    tail = _TAIL_UNIT.search(heading)
    return unit_of(tail[0], whole=True) if tail else ""


def title_unit(text: str) -> str:
    """The unit of totals that a title row gives for the sheet (单位:万元), empty where it gives none."""
    match = _TITLE_UNIT.search(plain(text))
    if not match:
        return ""
    units = [unit_of(part.strip(), whole=True) for part in re.split(r"[,、;\s]+", match[1] or match[2])]
    totals = [unit for unit in units if unit and "/" not in unit and unit != "m2"]
    return totals[0] if totals else ""


def meaning(text: str) -> tuple[Field, int] | None:
    """The field that a heading stands for with the confidence in percent, ``None`` for an unread column."""
    heading = plain(text).lower()
    unit = heading_unit(text)
    name = _PUNCTUATION.sub("", _TAIL_UNIT.sub("", _BRACKETS.sub("", heading)).rstrip("/"))
    if not name or len(name) > 40:
        return None
    if name in _WORDS:
        return _by_unit(_WORDS[name], unit), EXACT
    for field, pattern in _PATTERNS:
        if pattern.search(name):
            return (_by_unit(field, unit), PATTERN) if field else None
    return None


def _by_unit(field: Field, unit: str) -> Field:
    """底价(元/㎡) is a price per square metre, 底价 alone stays open; the same for 标准价."""
    per_area = unit in {YUAN_PER_M2, TEN_THOUSAND_PER_M2}
    if per_area and field is Field.FLOOR_PRICE:
        return Field.FLOOR_UNIT_PRICE
    if per_area and field is Field.LIST_PRICE:
        return Field.LIST_UNIT_PRICE
    return field


def default_unit(field: Field, sheet_unit: str) -> str:
    """The unit of a price column whose heading names none; empty where only the figures can tell."""
    if field in {Field.LIST_UNIT_PRICE, Field.FLOOR_UNIT_PRICE}:
        return YUAN_PER_M2
    return sheet_unit if field in {Field.LIST_PRICE, Field.FLOOR_PRICE} else ""


__all__ = ["EXACT", "GROUP_HINT", "PATTERN", "YUAN", "default_unit", "heading_unit", "meaning", "title_unit"]
