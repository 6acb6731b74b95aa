"""The words of money that several desks show: what is owed, by whom, by which plan, how it is paid."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "receivable_kind.deposit": N_("Deposit"),
    "receivable_kind.down_payment": N_("Down payment"),
    "receivable_kind.instalment": N_("Instalment"),
    "receivable_kind.loan": N_("Bank loan"),
    "receivable_kind.fund": N_("Housing fund loan"),
    "receivable_kind.area": N_("Area settlement"),
    "receivable_kind.deed_tax": N_("Deed tax"),
    "receivable_kind.maintenance_fund": N_("Maintenance fund"),
    "receivable_kind.registration_fee": N_("Registration fee"),
    "receivable_kind.late_interest": N_("Late interest"),
    "receivable_kind.fee": N_("Handling fee"),
    "receivable_kind.earnest": N_("Earnest money"),
    "receivable_kind.forfeit": N_("Forfeited deposit"),
    "receivable_class.price": N_("Price"),
    "receivable_class.collected": N_("Collected for others"),
    "receivable_class.separate": N_("Separate"),
    "debtor.buyer": N_("Buyer"),
    "debtor.bank": N_("Bank"),
    "debtor.fund_centre": N_("Housing fund centre"),
    "plan_kind.lump": N_("Lump sum"),
    "plan_kind.instalments": N_("Instalments"),
    "plan_kind.loan": N_("Mortgage"),
    "plan_kind.fund": N_("Housing fund"),
    "plan_kind.combined": N_("Combined loan"),
    "pay_method.cash": N_("Cash"),
    "pay_method.transfer": N_("Bank transfer"),
    "pay_method.pos": N_("Card terminal"),
    "pay_method.bank_loan": N_("Loan paid out by the bank"),
    "milestone.foundation": N_("Foundation done"),
    "milestone.topped_out": N_("Structure topped out"),
    "milestone.completed": N_("Building completed"),
    "milestone.handed_over": N_("Hand-over"),
}
