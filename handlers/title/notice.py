"""What the notice on paper asks the buyer for: papers to bring, money that is still to be paid."""

from __future__ import annotations

from datetime import date
from typing import Any

from engine.api import Context
from ledger.finance.models import Receivable
from ledger.organisation import parameters as p
from ledger.organisation.queries import parameter
from ledger.titles import charges
from ledger.titles.kinds import PAPERS
from ledger.titles.models import TitleCase

# In Chinese and in English: what the notice asks the buyer to bring.
PAPER_NAMES = {
    "contract": ("商品房买卖合同原件", "Contract of sale, original"),
    "invoice": ("购房发票", "Invoice of the price"),
    "id_copies": ("全体买受人身份证明及复印件", "Identity papers of all buyers with copies"),
    "application": ("不动产登记申请书", "Application for registration"),
    "tax_proof": ("契税完税凭证", "Proof of deed tax"),
    "fund_proof": ("维修资金缴存凭证", "Proof of maintenance fund"),
    "survey_drawing": ("房产平面图", "Floor plan of the survey"),
}
_CHARGE_NAMES = {
    "deed_tax": ("契税", "Deed tax"),
    "maintenance_fund": ("维修资金", "Maintenance fund"),
    "registration_fee": ("登记费", "Registration fee"),
}


def notice_of(ctx: Context, case: TitleCase, by: date, today: date) -> dict[str, Any]:
    """What the notice on paper says: the papers to bring, and what is still to be paid."""
    at = 0 if parameter(ctx.session, case.path, p.LANGUAGE, today) == "zh" else 1
    fees = charges.open_charges(ctx.session, case.sale_id)
    lines = [ctx.session.get_one(Receivable, line_id) for line_id in fees]
    return {
        "paper": [{"no": no, "name": PAPER_NAMES[code][at]} for no, code in enumerate(PAPERS, start=1)],
        "fee": [{"name": _CHARGE_NAMES[line.kind][at], "amount": fees[line.id]} for line in lines],
        "deadline_on": by.isoformat(),
    }
