"""Changes under review: kinds of records, states, fields, refusals."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "review_kind.customers": N_("Customer’s key data"),
    "review_kind.plans": N_("Payment plan"),
    "review_kind.parameters": N_("Parameter"),
    "review_kind.message_texts": N_("Text of a message"),
    "proposed_change_kind.customers": N_("Customer’s key data"),
    "proposed_change_kind.plans": N_("Payment plan"),
    "proposed_change_kind.parameters": N_("Parameter"),
    "proposed_change_kind.message_texts": N_("Text of a message"),
    "change.pending": N_("Awaits review"),
    "change.accepted": N_("In effect"),
    "change.refused": N_("Not accepted"),
    "change.withdrawn": N_("Taken back"),
    "change_by.accepted": N_("Accepted by"),
    "change_by.refused": N_("Refused by"),
    "change_by.withdrawn": N_("Withdrawn by"),
    "change_field.name": N_("Full name"),
    "change_field.id_type": N_("ID paper"),
    "change_field.id_no": N_("ID number"),
    "change_field.birth_date": N_("Date of birth"),
    "change_field.main_phone": N_("Main phone"),
    "change_field.phone_added": N_("Phone added"),
    "change_field.phone_label": N_("Whose or what for"),
    "change_field.phone_removed": N_("Phone removed"),
    "change_field.value": N_("Value"),
    "change_field.effective_from": N_("In force from"),
    "change_field.state": N_("State"),
    "change_field.kind": N_("Kind of plan"),
    "change_field.label_zh": N_("Name in Chinese"),
    "change_field.label_en": N_("Name in English"),
    "change_field.lines": N_("Lines"),
    "change_field.subject": N_("Subject"),
    "change_field.body": N_("Text"),
    "message_channel.sms": N_("SMS"),
    "message_channel.mail": N_("E-mail"),
    "message_channel.in_app": N_("In the application"),
    "audit.reviews:propose": N_("proposed a change"),
    "audit.reviews:accept": N_("accepted a change"),
    "audit.reviews:refuse": N_("refused a change"),
    "audit.reviews:withdraw": N_("withdrew a change"),
    "audit.reviews:end": N_("ended the review of a change"),
    "audit_subject.proposed_change": N_("Proposed change"),
    "review_needed": N_(
        "This record is marked (%(kind)s): propose the change, and it takes effect when a second person accepts it."
    ),
    "change_invalid": N_("The change cannot be proposed like this. Check its fields."),
    "change_missing": N_("There is no such change, or it lies outside what you may see."),
    "change_record_missing": N_("There is no such record to change. Open it again from its list."),
    "review_kind_unknown": N_("Records of this kind are not reviewed. Choose one of these: %(kinds)s."),
    "change_field_unknown": N_("This field is not changed by review. Change it on the record’s own page."),
    "change_reason_needed": N_("Give the reason; who reviews the change reads it."),
    "change_opinion_needed": N_("Say why you refuse the change; who proposed it reads it."),
    "change_of_nothing": N_("Nothing would change: the record holds these values already."),
    "change_waits": N_(
        "%(by)s proposed another change of this record at %(at)s. It has to be decided or withdrawn first."
    ),
    "change_decided": N_("This change is no longer open: %(state)s, by %(by)s at %(at)s."),
    "change_outdated": N_(
        "The record is no longer as it was when the change was proposed. It differs in: %(fields)s. Refuse the change;"
        " it can be proposed anew."
    ),
    "review_place.house": N_("the whole house"),
    "right.customers:review": N_("review customers’ key data"),
    "right.prices:approve": N_("approve prices and payment plans"),
    "right.organisation:review": N_("review parameters"),
    "right.messages:review": N_("review texts of messages"),
    "reviewer_missing": N_(
        "Nobody but you may review this change (%(kind)s), so it cannot be proposed. The right to it (%(right)s) comes"
        " with one of these roles: %(roles)s. An administrator gives one of them, for %(place)s or a node above, to a"
        " second person under Staff. Then propose the change again."
    ),
    "reviewer_left": N_(
        "The right to it (%(right)s) comes with one of these roles: %(roles)s. An administrator gives one of them, for"
        " %(place)s or a node above, to a second person under Staff; the task then waits in that person’s inbox."
    ),
    "change_not_yours": N_("Only who proposed a change can withdraw it."),
    "reviewer_is_proposer": N_("You proposed this change. A second person reviews it."),
    "plan_line_unreadable": N_("This line of the plan cannot be read. Choose its item and its share."),
}
