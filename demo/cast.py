"""The people of the demo company: every role, two of each who approve, all invented."""

from __future__ import annotations

from dataclasses import dataclass

GROUP = "/qiyue/"
SHANGHAI = "/qiyue/east/shanghai/"
NINGBO = "/qiyue/east/ningbo/"
YUNXI = f"{SHANGHAI}yunxi/"
HARBOUR = f"{SHANGHAI}harbour/"
LANTING = f"{NINGBO}lanting/"
PROJECTS = (YUNXI, HARBOUR, LANTING)
PASSWORD = "keyturn-demo-2026"  # noqa: S105 - the demo listens on the loopback address only


@dataclass(frozen=True)
class Member:
    """Somebody who works here. ``grants`` are (role, path) pairs."""

    username: str
    name: str
    grants: tuple[tuple[str, str], ...]


def _at(username: str, name: str, role: str, *paths: str) -> Member:
    return Member(username, name, tuple((role, path) for path in paths))


CAST = (
    _at("admin", "顾清源", "administrator", "/"),
    _at("analyst", "沈知行", "business_analyst", GROUP),
    _at("pricing", "陆景明", "group_pricing", GROUP),
    _at("pricing2", "韩若谷", "group_pricing", GROUP),
    _at("citygm", "方致远", "city_gm", SHANGHAI, NINGBO),
    _at("citygm2", "秦怀瑾", "city_gm", SHANGHAI, NINGBO),
    _at("marketing", "苏婉清", "city_marketing", SHANGHAI, NINGBO),
    _at("marketing2", "程亦舒", "city_marketing", SHANGHAI, NINGBO),
    _at("cityfinance", "何思齐", "city_finance", SHANGHAI, NINGBO),
    _at("cityfinance2", "梁书瑶", "city_finance", SHANGHAI, NINGBO),
    _at("legal", "许正言", "legal", SHANGHAI, NINGBO),
    _at("legal2", "温如玉", "legal", SHANGHAI, NINGBO),
    _at("gm", "高远山", "project_gm", *PROJECTS),
    _at("gm2", "唐立诚", "project_gm", *PROJECTS),
    _at("manager", "林晓岚", "sales_manager", YUNXI, LANTING),
    _at("manager2", "周牧野", "sales_manager", YUNXI, LANTING),
    _at("manager3", "郑一诺", "sales_manager", HARBOUR),
    _at("manager4", "邵文博", "sales_manager", HARBOUR),
    _at("finance", "钱慎思", "finance_manager", *PROJECTS),
    _at("finance2", "孟令仪", "finance_manager", *PROJECTS),
    _at("cashier", "叶小满", "finance_clerk", *PROJECTS),
    _at("cashier2", "蒋亦凡", "finance_clerk", HARBOUR),
    _at("filing", "曹知微", "filing_clerk", *PROJECTS),
    _at("filing2", "袁克己", "filing_clerk", HARBOUR),
    _at("mortgage", "贺安澜", "mortgage_clerk", *PROJECTS),
    _at("sales", "陈嘉树", "sales_consultant", YUNXI),
    _at("sales2", "李思远", "sales_consultant", YUNXI),
    _at("sales3", "王雨桐", "sales_consultant", YUNXI),
    _at("sales4", "张云帆", "sales_consultant", HARBOUR),
    _at("sales5", "刘子衿", "sales_consultant", HARBOUR),
    _at("sales6", "赵一鸣", "sales_consultant", HARBOUR),
    _at("sales7", "吴若水", "sales_consultant", LANTING),
    _at("sales8", "徐怀远", "sales_consultant", LANTING),
    _at("service", "冯雅静", "service_agent", *PROJECTS),
    _at("service2", "葛明轩", "service_agent", YUNXI),
    _at("admin2", "宋明远", "administrator", "/"),
)
CONSULTANTS = {
    YUNXI: ("sales", "sales2", "sales3"),
    HARBOUR: ("sales4", "sales5", "sales6"),
    LANTING: ("sales7", "sales8"),
}
MANAGERS = {YUNXI: "manager", HARBOUR: "manager3", LANTING: "manager"}
# One sign-in per role, in the order in which they are shown.
SHOWN = (
    "sales", "manager", "gm", "marketing", "cityfinance", "citygm", "pricing", "legal", "cashier", "finance",
    "filing", "mortgage", "service", "analyst", "admin",
)  # fmt: skip


def who_holds(role: str, path: str) -> list[str]:
    """The user names of those who hold a role at a path or above it, in the order of the cast."""
    return [m.username for m in CAST if any(r == role and path.startswith(p) for r, p in m.grants)]


def shown_accounts() -> list[tuple[str, Member]]:
    """One (role, member) per role."""
    members = {member.username: member for member in CAST}
    return [(members[name].grants[0][0], members[name]) for name in SHOWN]
