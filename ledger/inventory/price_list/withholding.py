"""Which notes and states keep a unit from sale (销控), and which are plain remarks."""

from __future__ import annotations

import re

from .grid import plain

_WITHHOLDS = re.compile(
    r"销控|工抵|抵工程款|抵房|抵款|抵扣工程|抵押|自留|自持|样板|示范单位|不对外|不(?:可|予)?(?:销|出)?售|"
    r"暂(?:不|缓|停)(?:对外)?(?:销|出|开|推)?(?:售|盘)?|未取证|未取得(?:预售)?许可|查封|冻结|封存|封房|控房|锁房|锁定|"
    r"回迁|安置房|拆迁|还建|(?:物业|物管|配套|管理|社区)用房|内部(?:保留|预留|认购|留用)|"
    r"(?:领导|公司|集团|股东|客户|老板)(?:保留|预留|留房)|(?:保留|预留)(?:房|单位|户(?!型)|给)|留房|关系户|"
    r"非售|已(?:售|签(?!收)|定(?!价)|订|认购|成交|网签|抵|锁|预订|预定|出售|销售)|(?<!价)(?<!价格)已备案|"
    r"\bnot (?:for|on) sale\b|\bwithheld\b|\bwithdrawn\b|\bunavailable\b|"
    r"\bshow (?:flat|home|house|unit|apartment)\b|"
    r"\bmortgaged\b|\bseized\b|\bfrozen\b|\bcontractor set-?off\b",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"(?:保留|预留|小订|大定|认购|认筹|签约|成交|网签|备案|售出|售|定|订|抵|锁|控|封|留|"
    r"sold|reserved|held|on hold|hold|booked|blocked|subscribed|contracted)",
    re.IGNORECASE,
)
_STATE = re.compile(r"(?:sold|reserved|held|hold|booked|blocked|subscribed|contracted)\b", re.IGNORECASE)
_OPEN = re.compile(
    # Ended or denied, beside or around the word that would withhold.
    r"(?:非|无|未|不是|不属于|没有|不存在|已?解除|已?取消|已?撤销|原)\s*"
    r"(?:为|的)?(?:在建工程)?(?:销控|工抵|抵押|自留|样板(?:房|间)?|查封|冻结|锁定)(?:房)?|"
    r"(?:销控|工抵|抵押|自留|查封|冻结|锁定)(?:登记)?(?:已|均已|已经)?(?:解除|取消|撤销|注销|释放|结束)|"
    r"(?:可|支持|接受)(?:办理)?抵押|抵押贷款|"
    # Show flats as a landmark or a standard.
    r"(?:邻近|临近|靠近|紧邻|毗邻|相邻|对面|隔壁|旁边|同|参照|参考|按照?|类似|比照)\S{0,4}样板(?:房|间)?|"
    r"样板(?:房|间)?(?:同款|标准|旁|隔壁|对面|楼上|楼下|同层|同户型)|"
    r"\bnot (?:mortgaged|withheld|seized|frozen)\b|\b(?:next to|opposite|near|as) (?:the )?show \w+",
    re.IGNORECASE,
)


def withholds(text: str) -> bool:
    """Whether a note or state keeps the unit from sale.

    销控, 工抵, 自留, 抵押, 样板房, 查封 and the like do, and so does whatever says that the unit is sold
    already. 已解除抵押, 非样板房 or 与样板间同户型 do not, nor do remarks such as 赠送露台.
    """
    words = plain(text)
    if _WHOLE.fullmatch(words.rstrip(".。")):
        return True
    return bool(_WITHHOLDS.search(_OPEN.sub(" ", words)))


def withheld_reason(state: str, note: str) -> str | None:
    """The state and note that withhold, as they stand in the file; ``None`` when the unit may be sold."""
    reasons = [text for text in (state, note) if withholds(text)]
    if not reasons and _STATE.match(plain(state)):
        reasons = [state]
    return "；".join(dict.fromkeys(reasons)) or None
