"""The business parameters (业务参数): each number of the trade, its default, its limits and where it comes from.

City rules differ, so none of these is a constant (DOMAIN, first paragraph): a node of the organisation sets its
own value from a date on and everything below inherits it. Marks of the sources: law = read in the law's text,
practice = typical practice that a company must check.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Generic, Literal, TypeVar, cast

from ledger.organisation.errors import ParameterInvalid, ParameterUnknown
from ledger.staff.roles import ROLES

T = TypeVar("T", int, str, bool, Fraction)
Type = Literal["integer", "text", "choice", "boolean", "rate", "day_list"]
_MOST_CLASSES = 8
_LONGEST_AGE = 3650


@dataclass(frozen=True)
class Parameter(Generic[T]):
    """A parameter. ``unit`` is days, hours, fen, basis_points or per_day; ``source`` the rule behind it."""

    name: str
    type: Type
    default: T
    unit: str
    label: str
    label_zh: str
    source: str
    minimum: int | Fraction | None = None
    maximum: int | Fraction | None = None
    choices: tuple[str, ...] = ()

    def read(self, stored: Any) -> T:
        """The value from its stored JSON form; a rate is stored as ``"1/5000"`` so that it stays exact."""
        return cast(T, Fraction(stored) if self.type == "rate" else stored)

    def check(self, value: object) -> int | str | bool:
        """The value in its JSON form. Raises `ParameterInvalid` when it does not fit."""
        plain = self._plain(value)
        if plain is None or (self.choices and plain not in self.choices):
            raise ParameterInvalid(field="value", parameter=self.name, type=self.type, choices=list(self.choices))
        amount = Fraction(plain) if self.type in ("integer", "rate") else None
        low, high = self.minimum, self.maximum
        if amount is not None and ((low is not None and amount < low) or (high is not None and amount > high)):
            raise ParameterInvalid(
                "parameter_out_of_range", field="value", parameter=self.name, minimum=str(low), maximum=str(high)
            )
        return plain

    def _plain(self, value: object) -> int | str | bool | None:
        if self.type == "boolean":
            return value if isinstance(value, bool) else None
        if self.type == "integer":
            return value if isinstance(value, int) and not isinstance(value, bool) else None
        if self.type == "rate":
            return _rate_text(value)
        if self.type == "day_list":
            return _day_list(value)
        return value.strip() or None if isinstance(value, str) else None


def _rate_text(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | Fraction):
        return None
    try:
        return str(Fraction(value))
    except (ValueError, ZeroDivisionError):
        return None


def _day_list(value: object) -> str | None:
    """``"30,60,90"`` from numbers of days that rise, or None for anything else."""
    parts = value.replace("，", ",").split(",") if isinstance(value, str) else []
    if not 0 < len(parts) <= _MOST_CLASSES or not all(part.strip().isdecimal() for part in parts):
        return None
    days = [int(part) for part in parts]
    rising = all(low < high for low, high in zip([0, *days], days, strict=False))
    return ",".join(map(str, days)) if rising and days[-1] <= _LONGEST_AGE else None


def days_in(stored: str) -> tuple[int, ...]:
    """The days that a parameter of type ``day_list`` names, rising."""
    return tuple(int(part) for part in stored.split(","))


def _days(name: str, default: int, label: str, zh: str, source: str, maximum: int = 3650) -> Parameter[int]:
    return Parameter(name, "integer", default, "days", label, zh, source, 0, maximum)


def _hours(name: str, default: int, label: str, zh: str, source: str) -> Parameter[int]:
    return Parameter(name, "integer", default, "hours", label, zh, source, 1, 24 * 365)


def _fen(name: str, default: int, label: str, zh: str, source: str) -> Parameter[int]:
    return Parameter(name, "integer", default, "fen", label, zh, source, 0, 10**12)


def _points(name: str, default: int, label: str, zh: str, source: str) -> Parameter[int]:
    return Parameter(name, "integer", default, "basis_points", label, zh, source, 0, 10_000)


def _daily(name: str, default: Fraction, label: str, zh: str, source: str) -> Parameter[Fraction]:
    return Parameter(name, "rate", default, "per_day", label, zh, source, Fraction(0), Fraction(1, 100))


def _choice(name: str, choices: tuple[str, ...], label: str, zh: str, source: str) -> Parameter[str]:
    return Parameter(name, "choice", choices[0], "", label, zh, source, choices=choices)


def _flag(name: str, label: str, zh: str) -> Parameter[bool]:
    return Parameter(name, "boolean", True, "", label, zh, "practice: two people, FEATURES O2")


def _count(name: str, default: int, label: str, zh: str, source: str, maximum: int) -> Parameter[int]:
    return Parameter(name, "integer", default, "", label, zh, source, 1, maximum)


HOLD_HOURS = _hours(
    "hold_hours", 24, "Hold lasts", "预留时长", "DOMAIN 9, hold table: 24 h is the manager's; practice"
)
HOLD_WARNING_HOURS = _hours("hold_warning_hours", 4, "Warn before a hold expires", "预留到期提醒", "practice")
SMALL_ORDER_DAYS = _days("small_order_days", 7, "Small order lasts", "小订有效期", "DOMAIN 2; practice")
SMALL_ORDER_FEN = _fen("small_order_fen", 500_000, "Small order amount", "小订金额", "practice")
SMALL_ORDER_REFUNDABLE = Parameter(
    "small_order_refundable",
    "boolean",
    True,
    "",
    "Small order is given back",
    "小订可退",
    "DOMAIN 1: 订金 is refundable",
)
QUEUE_FEE_FEN = _fen(
    "queue_fee_fen", 1_000_000, "Queue number fee", "排号诚意金", "practice; refundable, DOMAIN 1"
)
DEPOSIT_FEN = _fen("deposit_fen", 5_000_000, "Usual subscription deposit", "认购定金", "practice")
DEPOSIT_CAP = _points(
    "deposit_cap_basis_points",
    2_000,
    "Deposit has effect up to",
    "定金上限",
    "Civil Code art. 586, law: 20 % of price",
)
DEPOSIT_DUE_DAYS = _days("deposit_due_days", 1, "Deposit due after subscription", "定金缴纳期限", "practice")
SIGN_BY_DAYS = _days("sign_by_days", 7, "Sign the contract within", "签约期限", "DOMAIN 11; practice")
SIGN_BY_REMINDER_DAYS = _days(
    "sign_by_reminder_days", 2, "Remind before sign-by", "签约提醒提前", "DOMAIN 11; practice"
)
SIGN_BY_GRACE_DAYS = _days("sign_by_grace_days", 0, "Lapse after sign-by", "逾期失效宽限", "practice")
FILING_DEADLINE_DAYS = _days("filing_deadline_days", 30, "File within", "网签备案期限", "DOMAIN 3: Shandong, law")
FILING_REMINDER_DAYS = _days(
    "filing_reminder_days", 7, "Remind before filing deadline", "备案提醒提前", "practice"
)
FILING_NOTICE_DAYS = _days(
    "filing_notice_days", 15, "Tell buyer of filing within", "备案告知期限", "DOMAIN 3: law"
)
PAYMENT_REMINDER_DAYS = _days(
    "payment_reminder_days", 3, "Remind before an instalment", "付款提醒提前", "practice"
)
AGEING_DAYS = Parameter(
    "ageing_days",
    "day_list",
    "30,60,90,180",
    "days",
    "Ageing: a class of age ends after",
    "账龄分段（天）",
    "practice: late by 1-30, 31-60, 61-90, 91-180, more than 180 days",
)
APPROVAL_REMINDER_HOURS = _hours("approval_reminder_hours", 24, "Remind approvers after", "审批催办", "practice")
URGE_AGAIN_HOURS = _hours("urge_again_hours", 4, "Urge again after", "再次催办间隔", "practice")
APPROVAL_EXPIRY_DAYS = _days(
    "approval_expiry_days", 7, "Approval request expires", "审批过期", "DOMAIN 11; practice"
)
LATE_DAILY_RATE = _daily(
    "late_daily_rate",
    Fraction(2, 10_000),
    "Late interest a day",
    "逾期违约金日率",
    "DOMAIN 4: 0.01-0.05 %, practice",
)
LATE_DELIVERY_DAILY_RATE = _daily(
    "late_delivery_daily_rate", Fraction(1, 10_000), "Late delivery a day", "逾期交房日率", "DOMAIN 4; practice"
)
REFUND_INTEREST_DAILY_RATE = _daily(
    "refund_interest_daily_rate",
    Fraction(3, 100) / 360,
    "Interest a day on refunded money",
    "退款利息日率",
    "SPC 2020 art. 21: with interest; LPR 3.0 % / 360, practice",
)
ALLOCATION_ORDER = _choice(
    "allocation_order",
    ("statutory", "principal_first"),
    "Interest or principal first",
    "抵充顺序",
    "Civil Code art. 561, law, unless the contract says otherwise",
)
DISCOUNT_STACKING = _choice(
    "discount_stacking", ("multiply", "add"), "Discounts multiply or add", "折上折方式", "DOMAIN 4"
)
LOAN_RATE = _points(
    "loan_rate_basis_points", 310, "Mortgage rate a year, for offers", "商贷年利率（测算）", "practice"
)
FUND_RATE = _points(
    "fund_rate_basis_points", 260, "Housing fund rate a year, for offers", "公积金贷款年利率（测算）", "practice"
)
LOAN_ROUNDING_FEN = _fen(
    "loan_rounding_fen", 1_000_000, "Loans round down to", "贷款取整", "DOMAIN 4: 10,000 yuan"
)
DEED_TAX = _points(
    "deed_tax_basis_points", 0, "Deed tax collected for the state", "代收契税率", "DOMAIN 2; 0: not collected"
)
MAINTENANCE_FUND_FEN = _fen(
    "maintenance_fund_fen_per_m2",
    0,
    "Maintenance fund per square metre",
    "代收维修基金（每平方米）",
    "DOMAIN 2: before hand-over, Shandong, law; 0: not collected",
)
REGISTRATION_FEE_FEN = _fen(
    "registration_fee_fen", 0, "Registration fee", "代收登记费", "DOMAIN 2; 0: not collected"
)
DEED_TAX_ESTIMATE = _points(
    "deed_tax_estimate_basis_points",
    150,
    "Deed tax, for offers where it is not collected",
    "契税率（测算）",
    "practice",
)
MAINTENANCE_FUND_ESTIMATE_FEN = _fen(
    "maintenance_fund_estimate_fen_per_m2",
    10_000,
    "Maintenance fund per square metre, for offers where it is not collected",
    "维修基金每平方米（测算）",
    "practice",
)
REGISTRATION_FEE_ESTIMATE_FEN = _fen(
    "registration_fee_estimate_fen",
    8_000,
    "Registration fee, for offers where it is not collected",
    "登记费（测算）",
    "practice",
)
AREA_TOLERANCE = _points(
    "area_tolerance_basis_points",
    300,
    "Area difference settled at price",
    "面积误差比",
    "DOMAIN 5: 3 %, inclusive",
)
AREA_RULE = _choice(
    "area_rule", ("contract_price", "whole_difference", "none"), "Area settlement", "面积补差规则", "DOMAIN 5, 12"
)
AREA_ANSWER_DAYS = _days(
    "area_answer_days", 30, "The buyer answers an area notice within", "面积差异答复期限", "practice", 365
)
AREA_ANSWER_REMINDER_DAYS = _days(
    "area_answer_reminder_days",
    7,
    "Remind before the answer to an area notice",
    "面积差异答复提醒提前",
    "practice",
)
AREA_PAY_DAYS = _days("area_pay_days", 15, "Area difference is paid within", "面积补差付款期限", "practice", 365)
AREA_RESCIND_DAYS = _days(
    "area_rescind_days",
    30,
    "Refund after rescission for the area within",
    "面积差异解约退款期限",
    "商品房销售管理办法 art. 20: 30 days of asking",
)
TITLE_PAPERS_DAYS = _days("title_papers_days", 15, "Papers for the certificate within", "办证资料期限", "practice")
TITLE_STEP_DAYS = _days("title_step_days", 30, "A step of the certificate takes", "办证环节期限", "practice")
TITLE_WARNING_DAYS = _days(
    "title_warning_days", 15, "Warn before the certificate is late", "办证到期提醒提前", "practice"
)
LATE_TITLE_DAILY_RATE = _daily(
    "late_title_daily_rate",
    Fraction(1, 10_000),
    "Late certificate a day",
    "逾期办证违约金日率",
    "DOMAIN 3: the developer is liable, law; rate: practice",
)
TITLE_DAYS = _days(
    "title_days", 90, "Certificate within", "办证期限", "DOMAIN 3: law, where the contract is silent"
)
TERMINATION_DEMAND_DAYS = _days(
    "termination_demand_days", 90, "Termination after demand", "解除催告期", "DOMAIN 4: three months, law"
)
PAY_BEFORE_PERMIT = Parameter(
    "pay_before_permit",
    "boolean",
    False,
    "",
    "Take money before the permit",
    "取证前收款",
    "Shandong art. 30, law: no",
)
RECEIPT_SECOND_PERSON = Parameter(
    "receipt_second_person",
    "boolean",
    False,
    "",
    "A second person confirms receipts",
    "收款须他人确认",
    "practice: who takes money does not say that it arrived",
)
LOAN_LETTER_SETTLES = Parameter(
    "loan_letter_settles",
    "boolean",
    False,
    "",
    "A bank’s letter settles a loan",
    "凭银行结清证明视为贷款结清",
    "practice: no; the bank’s part has to have gone back before a home is freed",
)
OPENING_MODE = _choice("opening_mode", ("daily", "opening_day"), "Sales mode", "销售模式", "FEATURES C8")
COOLING_OFF_DAYS = _days("cooling_off_days", 0, "Cooling-off", "冷静期", "DOMAIN 12: other countries")
RENAME_FEE_FEN = _fen(
    "rename_fee_fen", 0, "Fee for other buyers", "更名手续费", "practice; 0: none, many cities forbid it"
)
RIGHTS_AFTER_FILING = _choice(
    "rights_after_filing",
    ("spouse_and_law", "relatives", "anybody"),
    "Who may become a buyer after filing",
    "备案后可更名对象",
    "DOMAIN 6: usually only spouse, inheritance, court; practice",
)
CURRENCY = Parameter("currency", "text", "CNY", "", "Currency", "币种", "DOMAIN 12: ISO 4217")
ROUNDING = _choice("rounding", ("half_up", "half_even"), "Rounding to the fen", "取整方式", "DOMAIN 4: half up")
OPEN_WORK = _choice(
    "open_work",
    ("warn", "wait"),
    "Completing a task while work asked for under it is open",
    "子任务未办结时完成任务",
    "practice; warn says so on the page, wait refuses",
)
VACANT_POST = Parameter(
    "vacant_post",
    "choice",
    "administrator",
    "",
    "A task for which nobody is found goes to",
    "无人可办的任务转给",
    "practice: a vacant post goes to somebody named",
    choices=tuple(ROLES),
)
REVIEW_CUSTOMERS = _choice(
    "review_customers",
    ("from_subscription", "always", "never"),
    "Customers’ key data are reviewed",
    "客户关键资料变更审核",
    "practice: a buyer’s name, ID paper and phones stand in contracts",
)
REVIEW_PLANS = _flag("review_plans", "Payment plans are reviewed as tasks", "付款方式变更审核")
REVIEW_PARAMETERS = _flag("review_parameters", "Parameters are reviewed", "业务参数变更审核")
REVIEW_MESSAGE_TEXTS = _flag("review_message_texts", "Texts of messages are reviewed", "消息模板变更审核")
ARREARS_PAY_WITHIN = _days(
    "arrears_pay_within_days", 7, "A letter of arrears asks for payment within", "催款函付款期限", "practice", 365
)
ARREARS_UNMATCHED = _choice(
    "arrears_unmatched",
    ("warn", "refuse"),
    "Daily arrears run while bank lines wait unmatched",
    "有未匹配银行流水时的日催缴",
    "practice: money that has come must not be chased",
)
CUSTOMER_QUIET_FROM = Parameter(
    "customer_quiet_from_hour",
    "integer",
    21,
    "",
    "Messages to customers rest from (hour)",
    "客户消息免打扰开始（时）",
    "practice: formalities can wait until the morning",
    0,
    23,
)
CUSTOMER_QUIET_TO = Parameter(
    "customer_quiet_to_hour",
    "integer",
    8,
    "",
    "Messages to customers rest until (hour)",
    "客户消息免打扰结束（时）",
    "practice; the same hour as from: no quiet hours",
    0,
    23,
)


def _mode(kind: str, label: str, zh: str) -> Parameter[str]:
    source = "FEATURES D6; process asks the approval matrix, simple one role, none nobody"
    name = f"Approval of a change: {label}"
    return _choice(f"change_mode_{kind}", ("process", "simple", "none"), name, f"变更审批方式：{zh}", source)


CHANGE_MODES = {
    "discount": _mode("discount", "discount", "折扣"),
    "payment_plan_change": _mode("payment_plan_change", "payment plan", "付款方式变更"),
    "room_change": _mode("room_change", "another home", "换房"),
    "sale_cancellation": _mode("sale_cancellation", "cancellation", "退房"),
    "rights_transfer": _mode("rights_transfer", "buyers", "更名／增减权益人"),
    "supplement": _mode("supplement", "short loan", "贷款不足补充协议"),
}
CHANGE_SIMPLE_APPROVER = Parameter(
    "change_simple_approver",
    "choice",
    "project_gm",
    "",
    "Who approves a change alone where its mode is simple",
    "简易模式下的变更审批人",
    "FEATURES D6; practice",
    choices=tuple(ROLES),
)
CHANGE_EXECUTE_DAYS = _days(
    "change_execute_days", 15, "An approved change is executed within", "变更获批后执行期限", "practice", 365
)
_MORTGAGE_STEPS = (
    # step, days, English, Chinese, source
    ("apply", 5, "Bank chosen within", "选定贷款银行期限", "practice"),
    ("papers", 15, "Papers complete within", "资料收齐期限", "DOMAIN 11: paper deadline; practice"),
    ("submit", 3, "Papers submitted within", "送审期限", "practice"),
    ("verdict", 15, "Bank decides within", "银行审批期限", "practice"),
    ("short", 10, "Supplement signed within", "补充协议签订期限", "practice"),
    ("route", 5, "Refusal dealt with within", "拒贷处理期限", "practice"),
    ("sign", 7, "Loan contract signed within", "贷款合同面签期限", "practice"),
    ("prenotice", 15, "Pre-notice registered within", "抵押预告登记期限", "practice"),
    ("funding", 15, "Bank pays within", "银行放款期限", "DOMAIN 11: chase bank; practice"),
    ("possible", 730, "First registration expected within", "预计可办抵押登记期限", "practice"),
    (
        "register",
        90,
        "Mortgage registered within",
        "抵押登记期限",
        "DOMAIN 3, law: the pre-notice lapses after 90 days",
    ),
)
MORTGAGE_DAYS = {
    step: _days(f"mortgage_{step}_days", days, f"Mortgage: {label}", f"按揭：{zh}", source)
    for step, days, label, zh, source in _MORTGAGE_STEPS
}
"""The days of each step of a loan, by the step's code."""
MORTGAGE_ESCALATE_DAYS = _days(
    "mortgage_escalate_days",
    3,
    "Mortgage: the manager hears of a late step after",
    "按揭：逾期上报经理",
    "practice",
    60,
)
MOVE_IN_NOTICE_DAYS = _days(
    "move_in_notice_days", 7, "Move-in: notice before the first day", "入伙通知提前", "practice; contract form", 90
)
MOVE_IN_APPOINT_DAYS = _days(
    "move_in_appoint_days", 7, "Move-in: buyer chooses an appointment within", "入伙预约期限", "practice", 90
)
MOVE_IN_NO_SHOWS = _count(
    "move_in_no_shows", 2, "Move-in: missed appointments until a person decides", "入伙爽约次数上限", "practice", 9
)
MOVE_IN_REPAIR_DAYS = _days(
    "move_in_repair_days", 15, "Move-in: defects are repaired within", "验房整改期限", "practice", 365
)
MOVE_IN_RATING_DAYS = _days(
    "move_in_rating_days", 7, "Move-in: wait for the buyer's opinion", "入伙满意度回复期限", "practice", 90
)
WARRANTY_WATERPROOFING_MONTHS = _count(
    "warranty_waterproofing_months", 60, "Warranty of waterproofing, months", "防水保修期（月）",
    "DOMAIN 7: 5 years at least, Construction Quality Rules art. 40", 600,
)  # fmt: skip
WARRANTY_HEATING_MONTHS = _count(
    "warranty_heating_months", 24, "Warranty of heating, months", "供热保修期（月）",
    "DOMAIN 7: 2 seasons at least, Construction Quality Rules art. 40", 600,
)  # fmt: skip
WARRANTY_FITTINGS_MONTHS = _count(
    "warranty_fittings_months", 24, "Warranty of wiring, pipes, decoration, months", "水电装修保修期（月）",
    "DOMAIN 7: 2 years at least, Construction Quality Rules art. 40", 600,
)  # fmt: skip
CHANGE_LATE_DAYS = _days(
    "change_late_days", 10, "Buyers hear that a change takes long after", "变更办理延迟告知", "practice", 365
)
PORTAL_LINK_HOURS = _hours(
    "portal_link_hours",
    72,
    "A buyer’s link opens within",
    "业主进度链接有效期",
    "practice: read in days",
)
PORTAL_SESSION_MINUTES = Parameter(
    "portal_session_minutes",
    "integer",
    60,
    "minutes",
    "A buyer’s page stays open for (minutes)",
    "业主进度页面保持（分钟）",
    "practice: phones are lent and lost",
    5,
    24 * 60,
)
LANGUAGE = _choice("language", ("zh", "en"), "Language of papers", "文书语言", "DOMAIN 12")

PARAMETERS: dict[str, Parameter[Any]] = {
    value.name: value
    for value in [*globals().values(), *CHANGE_MODES.values(), *MORTGAGE_DAYS.values()]
    if isinstance(value, Parameter)
}


def find_parameter(name: str) -> Parameter[Any]:
    """The definition of a parameter. Raises `ParameterUnknown`."""
    if name not in PARAMETERS:
        raise ParameterUnknown(field="name", parameter=name)
    return PARAMETERS[name]
