"""The engine's public face."""

from __future__ import annotations

from engine.incidents import StepFailed, record_incident

__all__ = ["StepFailed", "record_incident"]
