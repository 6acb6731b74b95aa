"""Every kind of paper: its names, the variables its templates may use, where its number comes from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ledger.templates.errors import KindUnknown
from ledger.templates.groups import (
    CONTRACT,
    FILING,
    HOME,
    PAPER,
    PLAN,
    SALE,
    SUBSCRIPTION,
    all_optional,
    given,
    given_money,
    known,
    lines,
    money,
)
from ledger.templates.kinds import Variable
from ledger.templates.letters import LATE, LETTERS


@dataclass(frozen=True, slots=True)
class PaperKind:
    """A kind of paper. ``numbers`` is the range its numbers come from; without one its subject has a number.

    ``of_sale`` says that it is about a sale, so that `papers.make` can make it.
    """

    code: str
    name_zh: str
    name: str
    variables: tuple[Variable, ...]
    numbers: str | None = None
    of_sale: bool = True

    def variable(self, name: str) -> Variable | None:
        """A variable by its name, with a dot for a field of a list."""
        head, _, field = name.partition(".")
        found = next((one for one in self.variables if one.name == head), None)
        if found is None or not field:
            return found
        return next((one for one in found.fields if one.name == field), None)

    def named(self, language: str) -> str:
        """Its name in a language."""
        return self.name_zh if language == "zh" else self.name


_OF_CONTRACT = (*PAPER, *HOME, *SALE, *all_optional(SUBSCRIPTION), *CONTRACT, *PLAN)
_OF_SALE = (*PAPER, *HOME, *SALE, *all_optional(SUBSCRIPTION), *all_optional(CONTRACT), *PLAN)
_REASON = given("reason", "text", "原因", "Reason", "银行核准贷款金额低于合同约定")
_CONTACT = (
    given("place", "text", "办理地点", "Place", "云溪花园营销中心一楼客服大厅", optional=True),
    given("hours", "text", "办理时间", "Hours", "9:00—17:00", optional=True),
    given("phone", "text", "咨询电话", "Phone to ask", "021-5555 0168", optional=True),
    given("deadline_on", "date", "办理期限", "Until", "2028-07-15", optional=True),
)
_BRING = lines(
    "paper", "所需资料", "Papers to bring",
    known("no", "count", "序号", "No.", 1, optional=True),
    known("name", "text", "资料名称", "Paper", "身份证原件及复印件"),
    known("copies", "text", "份数", "Copies", "2", optional=True),
    known("note", "text", "备注", "Note", "夫妻双方", optional=True),
    is_given=True,
)  # fmt: skip
_FEE = lines(
    "fee", "应缴费用", "To be paid",
    known("name", "text", "费用名称", "Name", "契税"),
    known("basis", "text", "计算依据", "Reckoned by", "1.5%", optional=True),
    known("amount", "money", "金额", "Amount", 2_809_577),
    is_given=True,
)  # fmt: skip

_RECEIVED = (
    *PAPER,
    known("payer", "text", "交款人", "Received from", "欧阳喆"),
    known("home", "text", "房屋", "Home", "云溪花园一期 3栋 201"),
    known("account", "text", "收款账户", "Account", "监管账户", optional=True),
    known("cashier", "text", "收款人", "Cashier", "周敏"),
    known("sale_no", "text", "交易编号", "Number of the sale", "YUNXI-XS-2026-000099", optional=True),
    known("receipt_no", "text", "收款单号", "Number of the money", "YUNXI-SJ-2026-000312", optional=True),
    *money("total", "合计", "Total", 15_700_053),
    lines("item", "款项", "Items",
          known("no", "count", "序号", "No.", 1),
          known("name", "text", "款项", "Item", "定金"),
          known("note", "text", "备注", "Note", "", optional=True),
          known("amount", "money", "金额", "Amount", 5_000_000)),
)  # fmt: skip

_ALL = (
    PaperKind("purchase_plan", "置业计划书", "Purchase plan", (
        *PAPER, *HOME,
        known("customer", "text", "客户", "Customer", "欧阳喆"),
        known("consultant", "text", "置业顾问", "Consultant", "林晓"),
        known("valid_until", "date", "有效期至", "Valid until", "2026-09-25"),
        known("list_unit_price", "unit_price", "标准单价", "List price a square metre", 1_614_800),
        *money("list_price", "标准总价", "List price", 191_127_700),
        Variable("plans", "plans", "付款方案（由 @plans 排版）", "Ways to pay (set by @plans)", []),
    ), numbers="purchase_plan", of_sale=False),
    PaperKind("subscription", "商品房认购书", "Subscription agreement",
              (*PAPER, *HOME, *SALE, *SUBSCRIPTION, *PLAN)),
    PaperKind("contract", "商品房买卖合同", "Contract of sale",
              (*PAPER, *HOME, *SALE, *SUBSCRIPTION, *CONTRACT, *PLAN)),
    PaperKind("supplement", "补充协议", "Supplement", (
        *_OF_CONTRACT, _REASON,
        given("subject", "text", "补充事项", "What is supplemented", "付款方式及贷款金额变更"),
        given("order_no", "text", "变更单号", "Number of the change order", "YUNXI-BG-2026-000007", optional=True),
        given("before", "text", "变更前", "Before", "按揭贷款 1,310,000.00元", optional=True),
        given("after", "text", "变更后", "After", "按揭贷款 1,190,000.00元", optional=True),
        *given_money("difference", "差额", "Difference", 12_000_000, optional=True),
        given("pay_by", "date", "差额付款期限", "Difference to be paid by", "2026-11-15", optional=True),
        lines("change", "变更内容", "Changes",
              known("name", "text", "项目", "Item", "按揭贷款"),
              known("before", "text", "变更前", "Before", "1,310,000.00元", optional=True),
              known("after", "text", "变更后", "After", "1,190,000.00元", optional=True), is_given=True),
    ), numbers="supplement"),
    PaperKind("cancellation_agreement", "解除协议", "Cancellation agreement", (
        *_OF_SALE, _REASON,
        given("fault", "text", "责任方", "At fault", "双方均无过错"),
        *given_money("refund", "退还款项", "To be refunded", 5_000_000, optional=True),
        *given_money("forfeit", "不予退还定金", "Deposit kept", 0, optional=True),
        *given_money("compensation", "赔偿金", "Compensation", 0, optional=True),
        given("refund_days", "count", "退款天数", "Days for the refund", 30, optional=True),
        given("refund_account", "text", "收款账户", "Account of the payee", "6222****0012", optional=True),
        given("order_no", "text", "变更单号", "Number of the change order", "YUNXI-BG-2026-000008", optional=True),
        lines("part", "退款明细", "Parts of the refund",
              known("name", "text", "款项", "Item", "定金"),
              known("payee", "text", "收款人", "Payee", "欧阳喆", optional=True),
              known("amount", "money", "金额", "Amount", 5_000_000), is_given=True),
    ), numbers="cancellation_agreement"),
    PaperKind("refund_note", "退款单", "Refund note", (
        *PAPER, *all_optional(HOME), *all_optional(SALE),
        known("payee", "text", "收款人", "Payee", "欧阳喆"),
        *money("refund", "退款金额", "Amount refunded", 5_000_000),
        known("receipt_no", "text", "原收据编号", "Number of the receipt", "YUNXI-SJ-2026-000312", optional=True),
        known("refund_account", "text", "付款账户", "Paid from", "一般账户", optional=True),
        known("reason", "text", "退款原因", "Reason", "贷款未获批准，双方无过错"),
        given("method", "text", "退款方式", "Paid by", "银行转账", optional=True),
        given("bank_account", "text", "收款银行账户", "Account of the payee", "6222****0012", optional=True),
    ), numbers="refund"),
    PaperKind("filing_cancellation", "合同备案注销申请书", "Application to cancel the filing",
              (*_OF_CONTRACT, *FILING, _REASON), numbers="filing_cancellation"),
    PaperKind("mortgage_list", "按揭资料清单", "Mortgage papers", (
        *_OF_SALE, _BRING, *_CONTACT,
        given("bank", "text", "贷款银行", "Bank", "建设银行嘉定支行", optional=True),
        *given_money("loan", "贷款金额", "Loan", 131_000_000, optional=True),
        given("months", "count", "贷款期数（月）", "Months", 360, optional=True),
    ), numbers="notice"),
    PaperKind("mortgage_submission", "按揭送审清单", "Loans submitted to the bank", (
        *PAPER,
        known("bank", "text", "贷款银行", "Bank", "建设银行嘉定支行"),
        known("submitted_on", "date", "送审日期", "Submitted on", "2026-09-20"),
        known("count", "count", "笔数", "Loans", 1),
        *money("total", "合计", "Total", 131_000_000),
        lines("loan", "贷款", "Loans",
              known("no", "count", "序号", "No.", 1),
              known("home", "text", "房屋", "Home", "3栋-201"),
              known("sale_no", "text", "交易编号", "Sale no.", "YUNXI-XS-2026-000099"),
              known("buyers", "text", "借款人", "Borrowers", "欧阳喆"),
              known("months", "count", "期数", "Months", 360, optional=True),
              known("amount", "money", "贷款金额", "Amount", 131_000_000)),
    ), numbers="notice", of_sale=False),
    PaperKind("area_notice", "面积差异结算通知书", "Area settlement notice", (
        *_OF_CONTRACT, *_CONTACT,
        given("measured_area", "area", "实测建筑面积", "Measured area", 12_369),
        given("area_difference", "area", "面积差", "Difference", 533),
        given("ratio", "text", "误差比", "Ratio", "4.50%"),
        given("direction", "text", "结算方向", "Who pays", "买受人应补缴"),
        *given_money("settlement", "结算金额", "Amount", 3_600_000),
        *given_money("compensation", "另行返还", "Compensation", 0, optional=True),
        *given_money("borne", "出卖人承担", "Borne by the seller", 1_800_000, optional=True),
        *given_money("final_price", "结算后总价", "Final price", 190_905_146, optional=True),
        given("choice", "text", "买受人选择权", "Choice of the buyer", "可在期限内选择解除合同", optional=True),
    ), numbers="notice"),
    PaperKind("title_notice", "办理不动产权证通知书", "Notice on the title",
              (*_OF_CONTRACT, _BRING, _FEE, *_CONTACT), numbers="notice"),
    PaperKind("move_in_notice", "入伙通知书", "Move-in notice", (
        *_OF_CONTRACT, _BRING, _FEE, *_CONTACT,
        given("hand_over_on", "date", "交付日期", "Day of hand-over", "2028-06-30"),
        given("slot", "text", "预约时段", "Appointment", "9:00—10:00", optional=True),
    ), numbers="notice"),
    PaperKind("key_form", "房屋交接及钥匙签收单", "Hand-over and key form", (
        *_OF_CONTRACT,
        given("handed_on", "date", "交接日期", "Day of hand-over", "2028-06-30"),
        given("clerk", "text", "交付专员", "Clerk", "陈洁", optional=True),
        given("remarks", "text", "备注", "Remarks", "遗留问题按维修单处理", optional=True),
        lines("key", "钥匙及物品", "Keys and things",
              known("no", "count", "序号", "No.", 1, optional=True),
              known("name", "text", "名称", "Name", "入户门钥匙"),
              known("count", "text", "数量", "Count", "5", optional=True),
              known("note", "text", "备注", "Note", "含装修钥匙1把", optional=True), is_given=True),
        lines("meter", "表具读数", "Meters",
              known("name", "text", "表具", "Meter", "电表"),
              known("reading", "text", "读数", "Reading", "12"), is_given=True),
        lines("defect", "验收问题", "Defects",
              known("room", "text", "部位", "Room", "主卧"),
              known("text", "text", "问题", "Defect", "墙面空鼓"),
              known("until", "date", "整改期限", "To be mended by", "2028-07-10", optional=True), is_given=True),
    ), numbers="key_form"),
    PaperKind("approval_sheet", "审批单", "Approval sheet", (
        *PAPER,
        known("matter", "text", "审批事项", "Matter", "价格折扣审批"),
        known("outcome", "text", "审批结果", "Outcome", "已通过"),
        known("applicant", "text", "申请人", "Applicant", "林晓"),
        known("applied_at", "text", "申请时间", "Asked at", "2026-09-19 10:12"),
        known("subject", "text", "审批对象", "Concerns", "云溪花园一期 3栋 201"),
        known("reason", "text", "申请理由", "Reason", "一次性付款，老业主推荐"),
        known("content_hash", "text", "内容校验值", "Content hash", "9f2c6b1e0a77d4c3", optional=True),
        known("printed", "text", "打印信息", "Printed by", "林晓 打印于 2026-09-20 09:00", optional=True),
        lines("fact", "审批依据", "What the approvers saw",
              known("name", "text", "名称", "Name", "申请成交价"),
              known("value", "text", "内容", "Value", "1,834,825.92")),
        lines("step", "审批意见", "Decisions",
              known("no", "count", "序号", "No.", 1),
              known("step", "text", "环节/岗位", "Step, role", "销售经理"),
              known("name", "text", "审批人", "Approver", "赵磊"),
              known("decision", "text", "意见", "Decision", "同意"),
              known("comment", "text", "说明", "Opinion", "限本次使用", optional=True),
              known("at", "text", "时间", "At", "2026-09-19 10:40", optional=True)),
        lines("move", "流转记录", "How it moved",
              known("at", "text", "时间", "At", "2026-09-19 11:00"),
              known("text", "text", "记录", "What happened", "转办"),
              known("note", "text", "说明", "Note", "出差", optional=True)),
    ), numbers="approval_sheet", of_sale=False),
    PaperKind("receipt", "收款收据", "Receipt", (
        *_RECEIVED,
        known("method", "text", "收款方式", "Paid by", "银行转账"),
    ), of_sale=False),
    PaperKind("invoice", "发票", "Invoice", (
        *_RECEIVED,
        known("method", "text", "收款方式", "Paid by", "银行转账", optional=True),
        known("exchanged", "text", "换票收回收据", "Receipts taken in", "A000017、A000021", optional=True),
    ), of_sale=False),
    *(PaperKind(code, name_zh, name, LATE, numbers="notice") for code, name_zh, name in LETTERS.values()),
)  # fmt: skip

KINDS: dict[str, PaperKind] = {kind.code: kind for kind in _ALL}


@cache
def kind_of(code: str) -> PaperKind:
    """A kind by its code. Raises `KindUnknown`."""
    if code not in KINDS:
        raise KindUnknown(field="kind", kind=code)
    return KINDS[code]
