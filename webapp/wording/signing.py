"""Deciding together: who was added to a task, by which rule they decide, and what came of it."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "signing_part.before": N_("added, decides before"),
    "signing_part.after": N_("added, decides after"),
    "signing_part.vote": N_("signing together"),
    "signing_rule.all": N_("All must agree."),
    "signing_rule.any": N_("One agreement is enough."),
    "signing_rule.count": N_("%(needed)s of %(people)s must agree."),
    "signing_rule.percent": N_("%(number)s per cent must agree: %(needed)s of %(people)s."),
    "signing.planned": N_("Not asked yet"),
    "signing.open": N_("Open"),
    "signing.decided": N_("Decided"),
    "signing.withdrawn": N_("Withdrawn"),
    "signer.planned": N_("Not asked yet"),
    "signer.open": N_("Has not decided"),
    "signer.cancelled": N_("No longer needed"),
    # Refusals
    "task_waits_for_signers": N_("Others must decide first. Wait for them, or do without them under “More”."),
    "task_without_group": N_("No group would see this task. Hand it over to somebody instead."),
    "task_signed_without": N_("%(by)s settled this on %(at)s, so your decision is no longer needed."),
    "signing_part_unknown": N_("Choose whether they decide before or after you."),
    "signers_number": N_("Choose one to %(most)s people."),
    "signer_twice": N_("%(staff)s stands in the list twice."),
    "signer_is_holder": N_("The task is with %(staff)s already. Choose somebody else."),
    "signing_within_signing": N_("You were added to this task yourself. Hand it over instead of adding others."),
    "vote_without_decision": N_("This step asks for no decision, so nobody can vote on it."),
    "vote_with_signers_after": N_("Somebody is to decide after you already. Do without them first."),
    "vote_needs_two": N_("Choose at least two people."),
    "vote_rule_unknown": N_("Choose how it is decided."),
    "vote_number_out_of_range": N_("The number must lie between %(lowest)s and %(highest)s."),
    "return_among_signers": N_("While others sign along, the case cannot be sent back to an earlier step."),
    "nobody_signs": N_("Nobody is asked here any more."),
    # History
    "history.task_given_back": N_("gave “%(element)s” back to %(owner)s unprepared"),
    "history.task_taken_back": N_("took “%(element)s” back from %(delegate)s"),
    "history.signers_added_before": N_("asked %(staff)s to decide “%(element)s” first"),
    "history.signers_added_after": N_("asked %(staff)s to decide “%(element)s” afterwards"),
    "history.signers_follow": N_("decided “%(element)s” (%(decision)s); %(staff)s decide after that"),
    "history.vote_opened_all": N_("had “%(element)s” signed by all of %(staff)s"),
    "history.vote_opened_any": N_("had “%(element)s” signed by any of %(staff)s"),
    "history.vote_opened_count": N_("had “%(element)s” put to the vote: %(number)s agreements of %(staff)s"),
    "history.vote_opened_percent": N_("had “%(element)s” put to the vote: %(number)s per cent of %(staff)s"),
    "history.signer_decided_before": N_("decided on “%(element)s” beforehand: %(decision)s"),
    "history.signer_decided_after": N_("decided on “%(element)s” afterwards: %(decision)s"),
    "history.signer_decided_vote": N_("voted on “%(element)s”: %(decision)s"),
    "history.signing_over": N_(
        "settled it: %(agreed)s of %(people)s agreed, %(against)s did not (%(needed)s were needed)"
    ),
    "history.task_decided_together": N_("“%(element)s” was decided together"),
    "history.signing_left": N_("No longer needed: %(staff)s"),
    "history.signing_withdrawn": N_("did without %(staff)s in “%(element)s”"),
}
