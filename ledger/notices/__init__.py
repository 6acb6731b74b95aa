"""Notices (通知) to staff: what somebody is told about, on which channels, when, and that it is told once."""
