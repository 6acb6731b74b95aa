"""Changes of a whole sale: another home, its end, other buyers; their fields, money and refusals."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "change_value.unit_id": N_("Home"),
    "change_value.unit": N_("Home"),
    "change_value.subscription_no": N_("Subscription"),
    "change_value.contract_no": N_("Contract"),
    "change_value.sale": N_("Sale"),
    "change_value.cause": N_("Why it ends"),
    "change_value.fault": N_("Whose fault"),
    "change_value.with_interest": N_("With interest"),
    "change_value.ownership": N_("Ownership"),
    "change_value.buyers": N_("Buyers"),
    "change_value.buyer_ids": N_("Buyers"),
    "change_value.relation": N_("Relation"),
    "change_money.fee": N_("Fee for other buyers"),
    "change_money.forfeit": N_("Deposit"),
    "change_money.late_interest": N_("Late interest"),
    "change_money.deposit_double": N_("Second half of the doubled deposit"),
    "change_money.other": N_("Agreed compensation"),
    "change_money.refund_interest": N_("Interest on what goes back"),
    "audit.sales:moved_in": N_("took over buyers from another home"),
    "audit.sales:room_change": N_("moved a sale to another home"),
    "audit.sales:changed_room_change": N_("changed a sale’s home"),
    "audit.sales:changed_sale_cancellation": N_("ended a sale by a change order"),
    "sale_event.changed_room_change": N_("executed a change of the home"),
    "sale_event.changed_sale_cancellation": N_("executed the end of the sale"),
    "audit.sales:changed_rights_transfer": N_("changed a sale’s buyers"),
    "sale_event.changed_rights_transfer": N_("executed a change of the buyers"),
    "rights_same": N_("These are the buyers and shares of now. Enter what shall be different."),
    "rights_relation_unknown": N_("Say who comes, seen from who stays."),
    "rights_relation_wrong": N_("The relation does not fit: “the same people” is for other shares alone."),
    "rights_proof_missing": N_("Attach the paper that proves the relation."),
    "rights_after_filing": N_("After filing this person may not become a buyer here. Ask legal what is possible."),
    "cancel_cause_unknown": N_("Say why the sale ends."),
    "cancel_loan_fault_missing": N_("Say whose fault it was that the loan was refused."),
    "cancel_compensation_without_fault": N_("Compensation is agreed only where the fault is ours."),
}
