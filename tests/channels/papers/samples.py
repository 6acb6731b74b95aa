"""One paper of each kind as a sales office would issue it, in either language."""

from __future__ import annotations

from fractions import Fraction

from channels.papers import (
    ApprovalSheetData,
    ApprovalStep,
    DiscountLine,
    Fact,
    FeeLine,
    Letterhead,
    LoanLine,
    Move,
    PaperData,
    PlanColumn,
    PlanLine,
    PurchasePlanData,
    RangePaperData,
    ReceiptData,
    ReceiptItem,
    StatementData,
    StatementLine,
    StatementOpen,
    UnitFacts,
)
from channels.papers.render import Language
from ledger.finance.loan import Method, monthly_payment, schedule, split_price, total_interest

LIST = 191_127_700
AREA = 11_836
RATE = Fraction(31, 1000)


def papers(language: Language) -> dict[str, PaperData]:
    """Every paper by the name of its layout."""
    make = _Samples(language == "zh")
    made = (
        make.purchase_plan(),
        make.receipt(),
        make.range_paper(),
        make.approval_sheet(),
        make.statement(),
    )
    return {paper.template: paper for paper in made}


class _Samples:
    def __init__(self, chinese: bool) -> None:
        self.chinese = chinese

    def t(self, chinese: str, english: str) -> str:
        return chinese if self.chinese else english

    def letterhead(self) -> Letterhead:
        return Letterhead(
            company=self.t("上海云溪置业有限公司", "Shanghai Yunxi Homes Ltd."),
            project=self.t("云溪花园一期", "Yunxi Garden, phase 1"),
            address=self.t("上海市嘉定区云溪路 168 号营销中心", "168 Yunxi Road, Jiading, Shanghai"),
            phone="021-5555 0168",
        )

    def unit(self) -> UnitFacts:
        return UnitFacts(
            building=self.t("3栋", "Building 3"),
            unit_no="201",
            floor="2",
            layout=self.t("三室两厅两卫", "3 bedrooms, 2 baths"),
            orientation=self.t("南北", "South and north"),
            building_area_hundredths=AREA,
            inside_area_hundredths=9_321,
            shared_area_hundredths=2_515,
            permit_no="(2026)房预售证第0187号",
        )

    def discounts(self, *points: int) -> tuple[tuple[DiscountLine, ...], int]:
        names = [self.t("开盘优惠", "Opening offer"), self.t("一次性付款优惠", "Lump-sum offer")]
        lines, price = [], LIST
        for name, off in zip(names, points, strict=False):
            cut = price * off // 10_000
            lines.append(DiscountLine(name=name, amount_fen=cut, basis_points=off))
            price -= cut
        return tuple(lines), price

    def fees(self, price: int) -> tuple[FeeLine, ...]:
        return (
            FeeLine(name=self.t("契税", "Deed tax"), basis=self.t("按 1.5% 预估", "estimated at 1.5 %"),
                    amount_fen=price * 3 // 200),
            FeeLine(name=self.t("维修基金", "Maintenance fund"), basis=self.t("按建筑面积 75 元/㎡", "75 CNY a m²"),
                    amount_fen=AREA * 75),
        )  # fmt: skip

    def loan(self, kind: str, amount: int, method: Method) -> LoanLine:
        first, second = schedule(amount, RATE, 360, method)[:2]
        names = {
            Method.EQUAL_PAYMENT: ("等额本息", "Equal payments"),
            Method.EQUAL_PRINCIPAL: ("等额本金", "Equal principal"),
        }
        return LoanLine(
            kind=kind,
            amount_fen=amount,
            months=360,
            annual_rate_percent="3.10",
            method=self.t(*names[method]),
            monthly_payment_fen=first.payment_fen,
            monthly_decrease_fen=0 if method is Method.EQUAL_PAYMENT else first.payment_fen - second.payment_fen,
            total_interest_fen=total_interest(amount, RATE, 360, method),
        )

    def column(self, name: str, points: tuple[int, ...], lines: tuple[PlanLine, ...], price: int,
               loans: tuple[LoanLine, ...] = ()) -> PlanColumn:  # fmt: skip
        discounts, _ = self.discounts(*points)
        return PlanColumn(
            name=name,
            list_price_fen=LIST,
            discounts=discounts,
            deal_price_fen=price,
            deal_unit_price_fen=price * 100 // AREA,
            effective_discount_basis_points=(LIST - price) * 10_000 // LIST,
            lines=lines,
            loans=loans,
            fees=self.fees(price),
        )

    def deposit(self) -> PlanLine:
        return PlanLine(
            name=self.t("定金", "Deposit"), due=self.t("认购当日", "on subscription"), amount_fen=5_000_000
        )

    def lump(self) -> PlanColumn:
        _, price = self.discounts(200, 200)
        rest = PlanLine(name=self.t("房款", "Price"), due=self.t("签约后 7 日内", "7 days after signing"),
                        amount_fen=price - 5_000_000)  # fmt: skip
        return self.column(self.t("一次性付款", "Lump sum"), (200, 200), (self.deposit(), rest), price)

    def instalments(self) -> PlanColumn:
        _, price = self.discounts(200)
        half = price // 2
        lines = (
            self.deposit(),
            PlanLine(name=self.t("首付", "Down payment"), due=self.t("签约当日", "on signing"),
                     amount_fen=half - 5_000_000),
            PlanLine(name=self.t("第二期", "Second"), due="2026-12-31", amount_fen=price - half - 30_000_000),
            PlanLine(name=self.t("第三期", "Third"), due=self.t("主体结构封顶", "structure topped out"),
                     amount_fen=30_000_000),
        )  # fmt: skip
        return self.column(self.t("分期付款", "Instalments"), (200,), lines, price)

    def mortgage(self) -> PlanColumn:
        _, price = self.discounts(200)
        split = split_price(price, Fraction(7, 10))
        fund = 60_000_000
        lines = (
            self.deposit(),
            PlanLine(name=self.t("首付", "Down payment"), due=self.t("签约当日", "on signing"),
                     amount_fen=split.down_payment_fen - 5_000_000),
        )  # fmt: skip
        loans = (
            self.loan(self.t("公积金贷款", "Housing fund loan"), fund, Method.EQUAL_PAYMENT),
            self.loan(self.t("商业贷款", "Bank loan"), split.loan_fen - fund, Method.EQUAL_PRINCIPAL),
        )
        assert monthly_payment(fund, RATE, 360) == loans[0].monthly_payment_fen
        return self.column(self.t("组合贷款", "Fund and bank loan"), (200,), lines, price, loans)

    def purchase_plan(self) -> PurchasePlanData:
        return PurchasePlanData(
            number="JH-2026-000123",
            issued_on="2026-09-18",
            valid_until="2026-09-25",
            letterhead=self.letterhead(),
            customer=self.t("欧阳喆", "Ouyang Zhe"),
            consultant=self.t("林晓", "Lin Xiao"),
            consultant_phone="138 0000 0168",
            unit=self.unit(),
            list_unit_price_fen=1_614_800,
            plans=(self.lump(), self.instalments(), self.mortgage()),
            remarks=(self.t("赠送首年物业服务费。", "The first year of property service is free."),),
        )

    def receipt(self) -> ReceiptData:
        return ReceiptData(
            number="SJ-2026-0000312",
            issued_on="2026-09-20",
            letterhead=self.letterhead(),
            payer=self.t("欧阳喆", "Ouyang Zhe"),
            home=self.t("云溪花园一期 3栋 201", "Yunxi Garden 1, building 3, 201"),
            method=self.t("银行转账", "Bank transfer"),
            account=self.t("建设银行 尾号 0018", "CCB ending 0018"),
            items=(
                ReceiptItem(name=self.t("定金", "Deposit"), amount_fen=5_000_000, note="RG-2026-000087"),
                ReceiptItem(name=self.t("首付款（部分）", "Down payment (part)"), amount_fen=10_700_053),
            ),
            cashier=self.t("周敏", "Zhou Min"),
            sale_no="XS-2026-000099",
        )

    def range_paper(self) -> RangePaperData:
        return RangePaperData(
            kind="invoice",
            number="F0001018",
            issued_on="2026-09-20",
            letterhead=self.letterhead(),
            payer=self.t("欧阳喆", "Ouyang Zhe"),
            home=self.t("云溪花园一期 3栋 201", "Yunxi Garden 1, building 3, 201"),
            items=(
                ReceiptItem(name=self.t("定金", "Deposit"), amount_fen=5_000_000),
                ReceiptItem(name=self.t("首付款", "Down payment"), amount_fen=10_700_053),
            ),
            cashier=self.t("周敏", "Zhou Min"),
            receipt_no="",
            sale_no="XS-2026-000099",
            exchanged=("A000017", "A000021"),
            reprint=2,
        )

    def approval_sheet(self) -> ApprovalSheetData:
        agreed = self.t("同意", "Approved")
        return ApprovalSheetData(
            number="SP-2026-000041",
            issued_on="2026-09-19",
            letterhead=self.letterhead(),
            kind=self.t("价格折扣审批", "Discount"),
            applicant=self.t("林晓", "Lin Xiao"),
            applied_at="2026-09-19 10:12",
            subject=self.t("云溪花园一期 3栋 201（认购 RG-2026-000087）", "Building 3, 201 (RG-2026-000087)"),
            reason=self.t("客户一次性付款，且为老业主推荐。", "Pays at once and was referred by an owner."),
            facts=(
                Fact(name=self.t("标准总价", "List price"), value="1,911,277.00"),
                Fact(name=self.t("申请成交价", "Deal price asked"), value="1,834,825.92", strong=True),
                Fact(name=self.t("综合折扣", "Discount"), value=self.t("9.6折", "4 % off"), strong=True),
                Fact(name=self.t("底价", "Floor price"), value=self.t("未低于底价", "not below")),
                Fact(name=self.t("对收入的影响", "Effect on revenue"), value="−76,451.08"),
                Fact(name=self.t("客户其他例外", "Other exceptions"), value=self.t("无", "none")),
            ),
            steps=(
                ApprovalStep(role=self.t("销售经理", "Sales manager"), name=self.t("赵磊", "Zhao Lei"),
                             decision=agreed, at="2026-09-19 10:40"),
                ApprovalStep(role=self.t("项目总", "Project GM"), name=self.t("钱坤", "Qian Kun"), decision=agreed,
                             at="2026-09-19 11:05", comment=self.t("限本次使用。", "For this sale alone.")),
                ApprovalStep(role=self.t("城市营销", "City marketing"), name=self.t("孙悦", "Sun Yue"),
                             decision=agreed, at="2026-09-19 14:22"),
                ApprovalStep(role=self.t("城市财务", "City finance"), name=self.t("李航", "Li Hang"),
                             decision=agreed, at="2026-09-19 15:01"),
            ),
            moves=(
                Move(at="2026-09-19 11:00", text=self.t("钱坤接受吴迪转办", "Wu Di handed it over to Qian Kun"),
                     note=self.t("出差", "On a journey")),
            ),
            outcome=self.t("已通过", "Approved"),
            content_hash="9f2c6b1e0a77d4c3",
        )  # fmt: skip

    def statement(self) -> StatementData:
        deposit = self.t("定金", "Deposit")
        return StatementData(
            number="XS-2026-000099",
            issued_on="2026-10-01",
            letterhead=self.letterhead(),
            customer=self.t("欧阳喆、王翀", "Ouyang Zhe, Wang Chong"),
            first="2026-09-01",
            last="2026-09-30",
            home=self.t("云溪花园一期 3栋 201", "Yunxi Garden 1, building 3, 201"),
            sale_no="XS-2026-000099",
            opening_fen=0,
            charged_fen=5_000_000,
            paid_fen=5_000_700,
            closing_fen=-700,
            due_fen=0,
            lines=(
                StatementLine(on="2026-09-20", text=deposit, charged_fen=5_000_000, balance_fen=5_000_000),
                StatementLine(on="2026-09-20", text=self.t("收款", "Received"), note="SJ-2026-0000312",
                              paid_fen=5_000_700, balance_fen=-700),
            ),
            open=(StatementOpen(text=self.t("契税", "Deed tax"), payer=self.t("买受人", "Buyer"),
                                due=self.t("未定", "no date yet"), open_fen=1),),
        )  # fmt: skip
