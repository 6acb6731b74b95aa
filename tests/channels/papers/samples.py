"""One paper of each kind as a sales office would issue it, in either language."""

from __future__ import annotations

from channels.papers import (
    Letterhead,
    StatementData,
    StatementLine,
    StatementOpen,
)
from channels.papers.render import Language


def statement(language: Language) -> StatementData:
    """A statement of accounts."""
    return _Samples(language == "zh").statement()


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
