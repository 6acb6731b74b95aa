"""Calendars: refusals, what is wrong with a file of days, kinds of days."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "calendar_missing": N_("There is no such calendar. Choose one from the list."),
    "calendar_day_missing": N_("This day is no longer set. Look at the calendar again."),
    "calendar_invalid": N_("The calendar cannot be made like this. Check its fields."),
    "calendar_changed": N_("Somebody has changed this calendar meanwhile. Look at it again and repeat."),
    "calendar_code_taken": N_("The code “%(given)s” is taken. Choose another one."),
    "calendar_week_empty": N_("Nobody works in this week. Write blocks for one day at least."),
    "calendar_blocks_wrong": N_(
        "“%(given)s” is no block. Write 09:00-12:00 13:30-18:00, each after the one before."
    ),
    "calendar_day_known": N_("%(day)s is set already. Take it back first to set it otherwise."),
    "calendar_days_differ": N_(
        "%(count)s days are known otherwise: %(days)s. Nothing was changed. Say that they shall be replaced if the"
        " file is right."
    ),
    "calendar_file_wrong": N_("The file was not loaded: %(count)s rows are wrong."),
    "calendar_file_empty": N_("The file holds no days."),
    "calendar_file_long": N_("There are more than %(most)s rows. Load one year at a time."),
    "calendar_file_no_text": N_("This is no text file. Save it as CSV (UTF-8) or JSON."),
    "calendar_file_no_json": N_("This is no JSON list of days."),
    "calendar_column_missing": N_("These columns are missing: %(columns)s."),
    "calendar_date_wrong": N_("“%(given)s” is no date. Write it like 2027-02-05."),
    "calendar_kind_unknown": N_("“%(given)s” is no kind of day. Write holiday or workday."),
    "calendar_name_missing": N_("%(day)s has no name. Say which holiday it belongs to."),
    "calendar_day_twice": N_("%(day)s stands in row %(other)s already."),
    "calendar_blocks_of_rest": N_("%(day)s is a day off and has no blocks."),
    "day_kind.workday": N_("Workday"),
    "day_kind.weekend": N_("Weekend"),
    "day_kind.holiday": N_("Holiday"),
    "day_kind.makeup": N_("Make-up workday"),
    "day_kind.own_holiday": N_("Day off"),
    "day_kind.own_makeup": N_("Extra workday"),
    "audit.organisation:add_calendar": N_("made a calendar"),
    "audit.organisation:change_calendar": N_("changed a calendar"),
    "audit.organisation:choose_calendar": N_("chose a calendar for a place"),
    "audit.organisation:set_calendar_day": N_("set a day of a calendar"),
    "audit.organisation:remove_calendar_day": N_("took a day of a calendar back"),
    "audit.organisation:load_calendar_days": N_("loaded the holidays of a year"),
}
