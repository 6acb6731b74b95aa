"""The business calendar (工作日历): working days, working time, and why an instant is what it is."""

from kernel.calendar.blocks import OFFICE_WEEK, Block, BlocksUnreadable, Week, read_blocks
from kernel.calendar.business import BusinessCalendar, ChineseCalendar, NoWorkingTime
from kernel.calendar.days import Day, SpecialDay, state_knows
from kernel.calendar.walk import DayWalked, Walk, walk_days, walk_time

__all__ = [
    "OFFICE_WEEK",
    "Block",
    "BlocksUnreadable",
    "BusinessCalendar",
    "ChineseCalendar",
    "Day",
    "DayWalked",
    "NoWorkingTime",
    "SpecialDay",
    "Walk",
    "Week",
    "read_blocks",
    "state_knows",
    "walk_days",
    "walk_time",
]
