"""Numbers without gaps (编号), one range for each kind of paper, node and year.

The range's row is locked until the transaction ends: a number whose paper was rolled back is given out again, and
two writers never get the same one. Law wants that for receipts (E4); the other papers follow suit.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kernel.database import is_sqlite
from ledger.documents.errors import NumberKindUnknown
from ledger.documents.models import NumberRange
from ledger.organisation.queries import project_at

# The letters clerks know the papers by, from their names in pinyin.
PREFIXES = {
    "approval_sheet": "SP",  # 审批
    "cancellation_agreement": "JC",  # 解除
    "change_order": "BG",  # 变更
    "contract": "HT",  # 合同
    "filing": "BA",  # 备案
    "filing_cancellation": "ZX",  # 注销
    "hold": "YL",  # 预留
    "import_batch": "DR",  # 导入
    "invoice": "FP",  # 发票
    "key_form": "JF",  # 交付
    "notice": "TZ",  # 通知
    "price_version": "JG",  # 价格
    "purchase_plan": "JH",  # 计划
    "queue_number": "PH",  # 排号
    "receipt": "SJ",  # 收据
    "refund": "TK",  # 退款
    "sale": "XS",  # 销售
    "small_order": "XD",  # 小订
    "subscription": "RG",  # 认购
    "supplement": "BC",  # 补充
}


def next_number(session: Session, kind: str, path: str, on: date) -> str:
    """The next number of a kind at a node in the year of ``on``: ``YUNXI-RG-2026-000001``.

    Raises `NumberKindUnknown`.
    """
    if kind not in PREFIXES:
        raise NumberKindUnknown(kind=kind, kinds=sorted(PREFIXES))
    return f"{_place(session, path)}{PREFIXES[kind]}-{on.year}-{_advance(session, kind, path, on.year):06d}"


def _advance(session: Session, kind: str, path: str, year: int) -> int:
    insert = sqlite.insert if is_sqlite(session) else postgresql.insert
    statement = (
        insert(NumberRange)
        .values(kind=kind, path=path, year=year, last=1)
        .on_conflict_do_update(
            index_elements=[NumberRange.kind, NumberRange.path, NumberRange.year],
            set_={"last": NumberRange.last + 1},
        )
        .returning(NumberRange.last)
    )
    return int(session.execute(statement).scalar_one())


def _place(session: Session, path: str) -> str:
    """The project's code and what lies below it; codes of projects are unique, so numbers are."""
    project = project_at(session, path)
    codes = path.strip("/") if project is None else project.code + "/" + path[len(project.path) :]
    return "".join(f"{code.upper()}-" for code in codes.split("/") if code)
