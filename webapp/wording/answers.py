"""Refused answers of forms, beside their field."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "answer_required": N_("Please fill this in."),
    "answer_invalid": N_("This answer cannot be read."),
    "answer_unknown": N_("The form does not ask this."),
    "answers_not_a_map": N_("The answers cannot be read."),
    "answer_not_text": N_("Please write text."),
    "answer_not_yes_or_no": N_("Please answer yes or no."),
    "answer_pattern": N_("This does not have the expected form."),
    "answer_control_characters": N_("Invisible control characters are not allowed here."),
    "answer_too_long": N_("This is too long; at most %(limit)s characters fit."),
    "answer_too_short": N_("This is too short; at least %(limit)s characters are needed."),
    "choice_unknown": N_("Please choose one of the options."),
    "pick_invalid": N_("Please choose an entry of the list."),
    "date_too_early": N_("The earliest possible date is %(minimum)s."),
    "date_too_late": N_("The latest possible date is %(maximum)s."),
    "money_invalid": N_("Please write an amount in yuan, such as 1234567.50."),
    "money_negative": N_("The amount must not be negative."),
    "money_third_decimal": N_("An amount has at most two decimals."),
    "money_absurd": N_("No amount is that large. Check the digits."),
    "money_too_large": N_("At most %(maximum_fen)s is possible."),
    "money_too_small": N_("At least %(minimum_fen)s is needed."),
    "number_invalid": N_("Please write a number in digits."),
    "number_not_whole": N_("Please write a whole number."),
    "number_absurd": N_("No number is that large. Check the digits."),
    "number_too_large": N_("At most %(maximum)s is possible."),
    "number_too_small": N_("At least %(minimum)s is needed."),
    "percent_invalid": N_("Please write a percentage, such as 2.5."),
    "percent_out_of_range": N_("The percentage must lie between %(minimum_bp)s and %(maximum_bp)s."),
    "percent_third_decimal": N_("A percentage has at most two decimals."),
    "rows_invalid": N_("The list cannot be read."),
    "rows_too_few": N_("At least %(minimum)s rows are needed."),
    "rows_too_many": N_("At most %(maximum)s rows are possible."),
    "share_invalid": N_("Please write a share, such as 50 or 1/3."),
    "share_out_of_range": N_("A share lies above 0 and at most at 100 %%."),
    "shares_not_one": N_("The shares come to %(total)s; they must come to 100 %% exactly."),
}
