"""Approvers who get a link by mail."""

from tests.webapp.notifications.conftest import desk, post

__all__ = ["desk", "post"]
