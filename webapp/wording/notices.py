"""Choices about notices: what is wrong with one."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "notice_choice_invalid": N_("This choice does not exist. Load the page again."),
    "notice_zone_unknown": N_("There is no time zone “%(zone)s”. Choose one from the list."),
    "notice_quiet_half": N_("Quiet hours need a beginning and an end; leave both empty for none."),
    "notice_time_invalid": N_("“%(value)s” is no time of day. Write it like 08:30."),
    "notice_digests_count": N_("Choose between one and %(most)s times of day for the digest."),
}
