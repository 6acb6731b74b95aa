"""All views of the notifications; importing them puts them on the blueprint."""

from webapp.notifications import center, choices, stopping
from webapp.notifications.pages import pages

__all__ = ["center", "choices", "pages", "stopping"]
