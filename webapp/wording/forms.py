"""What is wrong with a form file, worded for the analyst who made it."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "form_bound_invalid": N_(
        "The limit “%(value)s” of %(component)s is neither a whole number nor, for dates, a date or “today”."
    ),
    "form_component_invalid": N_("A component of the form is no object. Repair the file or draw it anew."),
    "form_component_unknown": N_(
        "%(component)s is a “%(type)s”, which Keyturn cannot show. Use a text field, text area, number, select, radio, "
        "checkbox, checklist, date, dynamic list, file picker, text or group."
    ),
    "form_components_missing": N_("The form has no components. Add at least one."),
    "form_condition_invalid": N_(
        "The condition “%(condition)s” of %(component)s cannot be read. Write field=value or field=value|value."
    ),
    "form_condition_unknown": N_(
        "%(component)s is shown depending on “%(field)s”, which is no field of this form. Correct the name."
    ),
    "form_condition_unsupported": N_(
        "%(component)s is hidden by an expression. Use the property shown_when instead, such as field=value."
    ),
    "form_invalid": N_("The form %(form)s cannot be used."),
    "form_key_invalid": N_(
        "“%(key)s” cannot name an answer. Use small letters, digits and underscores, beginning with a letter."
    ),
    "form_key_twice": N_("Two fields are called %(component)s. Give each its own key."),
    "form_kind_unknown": N_("The kind “%(kind)s” of %(component)s is unknown or does not fit this type of field."),
    "form_label_missing": N_(
        "%(component)s of the form %(form)s has no label in the language “%(language)s”. Add it."
    ),
    "form_not_found": N_("There is no form %(form)s."),
    "form_not_json": N_("The form %(form)s is not valid JSON; see line %(line)s."),
    "form_not_utf8": N_("The form %(form)s is not UTF-8. Save it as UTF-8."),
    "form_option_invalid": N_("A choice of %(component)s has no value. Give each choice a value."),
    "form_options_missing": N_("%(component)s offers no choices. Add at least one."),
    "form_pattern_invalid": N_("The pattern of %(component)s is no regular expression."),
    "form_sum_unknown": N_("%(component)s sums a column “%(column)s” that it does not have."),
    "form_too_large": N_("The form %(form)s is larger than %(limit)s bytes. Split it."),
}
