"""Groups of variables that several kinds of paper share, each named after where its values come from."""

from __future__ import annotations

from typing import Any

from ledger.templates.kinds import Type, Variable


def known(name: str, kind: Type, zh: str, en: str, example: Any, *, optional: bool = False) -> Variable:
    """A variable that is read from the ledger."""
    return Variable(name, kind, zh, en, example, optional)


def given(name: str, kind: Type, zh: str, en: str, example: Any, *, optional: bool = False) -> Variable:
    """A variable whose value comes from who makes the paper."""
    return Variable(name, kind, zh, en, example, optional, given=True)


def lines(name: str, zh: str, en: str, *fields: Variable, is_given: bool = False) -> Variable:
    """A list; without an entry its rows are left out."""
    example = [{field.name: field.example for field in fields}]
    return Variable(name, "lines", zh, en, example, optional=True, given=is_given, fields=fields)


def money(name: str, zh: str, en: str, fen: int, *, optional: bool = False) -> tuple[Variable, Variable]:
    """An amount from the ledger, in figures and in capitals (大写)."""
    return (
        known(name, "money", zh, en, fen, optional=optional),
        known(f"{name}_capitals", "capitals", f"{zh}（大写）", f"{en}, in capitals", fen, optional=optional),
    )


def given_money(name: str, zh: str, en: str, fen: int, *, optional: bool = False) -> tuple[Variable, Variable]:
    """An amount from who makes the paper, in figures and in capitals."""
    return (
        given(name, "money", zh, en, fen, optional=optional),
        given(f"{name}_capitals", "capitals", f"{zh}（大写）", f"{en}, in capitals", fen, optional=optional),
    )


PAPER = (
    known("number", "text", "文书编号", "Number of the paper", "YUNXI-TZ-2026-000018"),
    known("issued_on", "date", "出具日期", "Day of issue", "2026-09-20"),
    known("company", "text", "开发商", "Developer", "上海云溪置业有限公司"),
    known("project", "text", "项目", "Project", "云溪花园一期"),
    known("project_address", "text", "项目地址", "Address of the project", "嘉定区云溪路168号", optional=True),
    known("author", "text", "经办人", "Made by", "林晓"),
)
HOME = (
    known("home", "text", "房屋（项目、楼栋、房号）", "Home (project, building, number)", "云溪花园一期 3栋 201"),
    known("building", "text", "楼栋", "Building", "3栋"),
    known("unit_no", "text", "房号", "Number of the home", "201"),
    known("floor", "text", "楼层", "Floor", "2", optional=True),
    known("layout", "text", "户型", "Layout", "三室两厅两卫", optional=True),
    known("orientation", "text", "朝向", "Orientation", "南北", optional=True),
    known("building_area", "area", "建筑面积（预测）", "Building area (forecast)", 11_836),
    known("inside_area", "area", "套内面积", "Inside area", 9_321, optional=True),
    known("shared_area", "area", "分摊面积", "Shared area", 2_515, optional=True),
    known("permit_no", "text", "预售许可证号", "Presale permit", "(2026)房预售证第0187号", optional=True),
    known(
        "supervised_account", "text", "监管账户", "Supervised account", "建设银行嘉定支行 3100168", optional=True
    ),
)
SALE = (
    known("sale_no", "text", "交易编号", "Number of the sale", "YUNXI-XS-2026-000099"),
    known("buyers", "text", "买受人姓名", "Names of the buyers", "欧阳喆、王翀"),
    known("buyer_phone", "text", "买受人电话", "Phone of the first buyer", "138 0000 0168", optional=True),
    known("buyer_address", "text", "买受人地址", "Address of the first buyer", "嘉定区博乐路1号", optional=True),
    known("ownership", "text", "共有方式", "Ownership", "共同共有", optional=True),
    known("consultant", "text", "置业顾问", "Consultant", "林晓"),
    *money("list_price", "标准总价", "List price", 191_127_700),
    *money("deal_price", "成交总价", "Deal price", 187_305_146),
    known("deal_unit_price", "unit_price", "成交单价", "Deal price a square metre", 1_582_504),
    known("plan_name", "text", "付款方式", "Payment plan", "组合贷款", optional=True),
    lines(
        "buyer", "买受人", "Buyers",
        known("no", "count", "序号", "No.", 1),
        known("name", "text", "姓名", "Name", "欧阳喆"),
        known("id_type", "text", "证件类型", "Document", "居民身份证", optional=True),
        known("id_no", "text", "证件号码", "Document no.", "310114199001010012", optional=True),
        known("phone", "text", "电话", "Phone", "138 0000 0168", optional=True),
        known("address", "text", "地址", "Address", "嘉定区博乐路1号", optional=True),
        known("share", "text", "份额", "Share", "1/2", optional=True),
    ),
    lines(
        "discount", "优惠", "Discounts",
        known("name", "text", "优惠名称", "Name", "开盘优惠"),
        known("rate", "off", "折扣", "Rate", 200, optional=True),
        known("amount", "money", "优惠金额", "Amount", -3_822_554),
    ),
)  # fmt: skip
PLAN = (
    lines(
        "plan", "付款计划", "Payment plan",
        known("no", "count", "期次", "No.", 1),
        known("name", "text", "款项", "Instalment", "首付款"),
        known("due", "date", "付款时间", "Due", "2026-09-26"),
        known("payer", "text", "付款方", "Paid by", "买受人"),
        known("amount", "money", "金额", "Amount", 56_305_146),
    ),
    *money("plan_total", "付款计划合计", "Total of the plan", 187_305_146),
)  # fmt: skip
SUBSCRIPTION = (
    known("subscription_no", "text", "认购书编号", "Number of the subscription", "YUNXI-RG-2026-000087"),
    known("subscribed_on", "date", "认购日期", "Day of subscription", "2026-09-20"),
    *money("deposit", "定金", "Deposit", 5_000_000),
    known("sign_by", "date", "签约期限", "To be signed by", "2026-09-27"),
)
CONTRACT = (
    known("contract_no", "text", "合同编号", "Number of the contract", "YUNXI-HT-2026-000054"),
    known("signed_on", "date", "签约日期", "Day of signing", "2026-09-26"),
    *money("contract_price", "合同总价", "Contract price", 187_305_146),
    known("contract_unit_price", "unit_price", "合同单价", "Contract price a square metre", 1_582_504),
    known("contract_area", "area", "合同约定面积", "Area of the contract", 11_836),
    known("pricing_basis", "text", "计价方式", "Priced by", "按建筑面积计价"),
    known("delivery_on", "date", "交付日期", "Day of delivery", "2028-06-30"),
    known("title_on", "date", "约定办证日期", "Certificate agreed for", "2028-12-31", optional=True),
    known("late_payment_rate", "text", "逾期付款违约金", "Late rate of the buyer", "每日万分之2"),
    known("late_delivery_rate", "text", "逾期交付违约金", "Late rate of the seller", "每日万分之1"),
    known("title_days", "count", "办证天数", "Days for the title", 90),
    known("filing_days", "count", "备案天数", "Days for filing", 30),
    known("area_clause", "text", "面积差异约定", "Clause on areas", "误差比绝对值在3%以内（含）的据实结算。"),
)
FILING = (
    known("filing_no", "text", "备案编号", "Number of the filing", "嘉定网备 2026-008812"),
    known("filed_on", "date", "备案日期", "Day of filing", "2026-10-08"),
)


def all_optional(group: tuple[Variable, ...]) -> tuple[Variable, ...]:
    """The group where a sale may not have come so far."""
    return tuple(one.may_lack() for one in group)
