"""The sales floor for these tests."""

from tests.webapp.selling import counted, floor, homes, plans

__all__ = ["counted", "floor", "homes", "plans"]
