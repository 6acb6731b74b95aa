"""The verbs that diagrams use: service-task handlers, one module per process."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from engine.api import HandlerRegistry, default_registry


@cache
def registry() -> HandlerRegistry:
    """All verbs and subscriptions, registered by importing every module of this room, once for a process."""
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        importlib.import_module(module.name)
    return default_registry
