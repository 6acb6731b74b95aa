"""How people arrange their inbox: what is wrong with a day or a filter, and the names of colours."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "snooze_day_wrong": N_("Choose the day on which the task comes back."),
    "snooze_day_over": N_("Choose a day that is still to come."),
    "filter_missing": N_("This filter does not exist, or it is not shared with you."),
    "filter_name": N_("A filter needs a name, at most %(longest)s characters."),
    "filter_colour": N_("Choose one of the colours."),
    "filter_too_many": N_("You have %(most)s filters already. Remove one first."),
    "filter_share": N_("Choose a role or people of the house to share with."),
    "filter_share_outside": N_("You can share only where you work yourself."),
    "colour.neutral": N_("grey"),
    "colour.blue": N_("blue"),
    "colour.teal": N_("turquoise"),
    "colour.green": N_("green"),
    "colour.yellow": N_("yellow"),
    "colour.orange": N_("orange"),
    "colour.red": N_("red"),
    "colour.purple": N_("purple"),
    "colour.pink": N_("pink"),
}
