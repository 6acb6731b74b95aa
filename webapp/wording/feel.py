"""What FEEL says of a text or a value. Reasons of syntax errors are parts of a sentence about the text."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "feel_unexpected_end": N_("something is missing at the end"),
    "feel_unexpected_token": N_("“%(found)s” does not fit at this place"),
    "feel_full_width_sign": N_("“%(found)s” is a full-width sign; write “%(expected)s”"),
    "feel_unknown_sign": N_("the sign “%(found)s” has no meaning"),
    "feel_unknown_escape": N_("“%(found)s” within the text is no known escape"),
    "feel_open_string": N_("a text in quotation marks is not closed"),
    "feel_open_comment": N_("a comment is not closed"),
    "feel_text_too_long": N_("it is longer than %(limit)s characters; split it"),
    "feel_nesting_limit": N_("it is nested too deeply; split it into steps"),
    "feel_number_limit": N_("the number “%(found)s” is too long or too big"),
    "feel_temporal_literal": N_("%(found)s is no date, time or duration"),
    "feel_argument_count": N_("the function %(function)s cannot be called with so many values"),
    "feel_argument_names": N_("the function %(function)s has no such parameters"),
    "feel_mixed_arguments": N_("values are partly named and partly not; name all or none"),
    "feel_duplicate_key": N_("a name stands twice"),
    "feel_unknown_type": N_("there is no type “%(found)s”"),
    "feel_comparison_chain": N_("comparisons cannot be chained; write “x between a and b”"),
    "feel_external_function": N_("functions outside FEEL are not allowed"),
    "feel_step_limit": N_(
        "The expression takes more than %(limit)s steps and was stopped. Make its loops shorter."
    ),
    "feel_string_limit": N_("The expression makes a text longer than %(limit)s characters and was stopped."),
    "feel_list_limit": N_("The expression makes a list of more than %(limit)s elements and was stopped."),
    "feel_value_limit": N_("The value has more than %(limit)s parts and cannot be stored."),
    "feel_depth_limit": N_("Functions call each other more than %(limit)s deep; the expression was stopped."),
    "feel_regex_time": N_(
        "A pattern takes longer than %(seconds)s seconds and was stopped. Write it more simply."
    ),
    "feel_not_whole": N_("The value %(value)s is not a whole number. Round it, for instance with “round money”."),
    "feel_text_unwritable": N_(
        "A text comes out with a sign that cannot be stored (a zero byte or half of a sign). Check the expression."
    ),
    "feel_not_json": N_(
        "The value cannot be stored in a process (%(kind)s). Make it a text, number, list or context."
    ),
    "feel_not_a_number": N_("A number in the data is no number."),
    "feel_unknown_name": N_("There is no variable “%(name)s”."),
    "feel_unknown_entry": N_("There is no entry “%(name)s”."),
    "feel_compare_kinds": N_("A value of kind %(left)s cannot be compared with one of kind %(right)s."),
    "feel_operands": N_("“%(operator)s” has no meaning between %(left)s and %(right)s."),
    "feel_arithmetic": N_(
        "The calculation with “%(operator)s” has no result, for instance because it divides by zero."
    ),
    "feel_argument_kind": N_(
        "The function %(function)s wants %(expected)s for “%(parameter)s” and got %(found)s."
    ),
    "feel_condition_null": N_("A condition is neither true nor false."),
    "feel_not_boolean": N_("A value that should be true or false is something else."),
    "feel_foreign_value": N_("The variable “%(name)s” holds something that expressions do not know (%(type)s)."),
    "feel_index": N_("The list has no element at this position."),
    "feel_position": N_("There is nothing at this position."),
    "feel_null_list": N_("There is nothing to go through: the list is not known."),
    "feel_not_countable": N_("From %(start)s to %(end)s cannot be counted."),
    "feel_range_ends": N_("The ends of a range do not fit together."),
    "feel_not_comparable": N_("The values have no common order."),
    "feel_not_a_function": N_("What is called here is no function."),
    "feel_not_a_date": N_("The text is no date. Write it as 2026-01-31."),
    "feel_not_a_time": N_("The text is no time. Write it as 09:30:00."),
    "feel_not_a_duration": N_("The text is no duration. Write it as P1M or PT36H."),
    "feel_not_a_range": N_("The text is no range. Write it as [1..5]."),
    "feel_not_an_instant": N_("The moment has no time zone."),
    "feel_no_clock": N_("The present is not known here."),
    "feel_no_people": N_("Who stands above whom is not known here, only in the diagram of a process."),
    "feel_manager_person": N_("“manager” asks for the id of one person, not for a value of kind %(found)s"),
    "feel_manager_levels": N_("“manager” goes up a whole number of levels from 1 to %(highest)s, not “%(found)s”"),
    "feel_no_calendar": N_("There is no working calendar here."),
    "feel_no_value": N_("The function %(function)s has no value for this."),
    "feel_pattern": N_("The pattern cannot be read."),
    "feel_pattern_empty": N_("The pattern fits the empty text and would cut everywhere."),
    "feel_replacement": N_("The replacement holds a lone $ or backslash."),
    "feel_scale": N_("The number of digits is out of range."),
    "feel_separator": N_("The separators of the number do not fit together."),
}
