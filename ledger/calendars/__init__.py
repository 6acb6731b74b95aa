"""Business calendars (工作日历): weeks of blocks, public holidays, make-up workdays, a project's own days."""
