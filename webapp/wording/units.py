"""Units, their prices and price lists: states, kinds of change, refusals."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "unit.available": N_("Available"),
    "unit.held": N_("Held"),
    "unit.small_ordered": N_("Small order"),
    "unit.subscribed": N_("Subscribed"),
    "unit.contracted": N_("Contracted"),
    "unit.delivered": N_("Handed over"),
    "unit.withheld": N_("Withheld"),
    "unit.unreleased": N_("No price in force"),
    "unit.unlicensed": N_("No permit"),
    "unit.mortgaged": N_("Mortgaged"),
    "unit.seized": N_("Seized"),
    "unit.not_for_sale": N_("Not for sale"),
    "unit_missing": N_("There is no such unit, or it lies outside what you may see."),
    "unit_withheld": N_("Unit %(unit_no)s is withheld from sale. Whoever may withhold units can release it."),
    "unit_unreleased": N_("Unit %(unit_no)s has no price in force. A price version must be approved first."),
    "unit_unlicensed": N_(
        "Unit %(unit_no)s has no presale permit in force. Nothing may be sold before the permit."
    ),
    "unit_mortgaged": N_(
        "Unit %(unit_no)s is mortgaged by the developer and cannot be sold until it is released."
    ),
    "unit_seized": N_("Unit %(unit_no)s is seized by a court and cannot be sold."),
    "unit_not_for_sale": N_("Unit %(unit_no)s is marked as not for sale."),
    "unit_not_sellable": N_("Unit %(unit_no)s cannot be sold now."),
    "unit_taken": N_("Unit %(unit_no)s was taken by %(taken_by)s at %(taken_at)s. Choose another unit."),
    "unit_status_wrong": N_("The unit is “%(status)s”; this step does not lead from there to “%(wanted)s”."),
    "reason_missing": N_("Give a reason; it is kept with the change."),
    "reason_too_long": N_("The reason is too long; at most %(longest)s characters fit."),
    "price_version.draft": N_("Draft"),
    "price_version.submitted": N_("Waits for approval"),
    "price_version.approved": N_("Approved, not in force yet"),
    "price_version.in_force": N_("In force"),
    "price_version.superseded": N_("Superseded"),
    "price_version.rejected": N_("Turned down"),
    "price_version_missing": N_("There is no such price version, or it lies outside what you may see."),
    "price_version_state": N_("Price version %(no)s has been decided already. Open it again to see how."),
    "prices_effective_in_past": N_("Choose a time to come from which the new prices hold."),
    "prices_effective_unreadable": N_("Give day and time from which the new prices hold."),
    "prices_changed": N_("These prices are not those that were approved. Approval has to be asked for again."),
    "price_version_not_due": N_("Price version %(no)s comes into force at %(effective_at)s, not before."),
    "second_person_needed": N_("You proposed version %(no)s yourself. Another person has to approve it."),
    "prices_invalid": N_("These prices cannot be taken."),
    "prices_missing": N_("Give at least one price."),
    "price_out_of_range": N_("The price of unit %(unit_no)s must be above zero and below ten billion yuan."),
    "floor_above_list": N_("The floor price of unit %(unit_no)s lies above its list price."),
    "unit_of_another_project": N_("A unit of another project is among them."),
    "import_batch_missing": N_("There is no such import, or it lies outside what you may see."),
    "presale_permit_missing": N_("There is no such presale permit."),
    "project_missing": N_("There is no such project, or it lies outside what you may see."),
    "permit_day_missing": N_("Give the day on which the permit was granted."),
    "permit_invalid": N_("The presale permit is not right."),
    "permit_known_otherwise": N_("This permit is known with another date. Check number and date."),
    "permit_no_empty": N_("Give the number of the presale permit."),
    "offer_incomplete": N_("Choose a payment plan and correct the offer first."),
}
