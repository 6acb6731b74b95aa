"""Checks of a diagram before it is deployed, each rule a small function that yields findings."""

from engine.definitions.checks.process import check_process

__all__ = ["check_process"]
