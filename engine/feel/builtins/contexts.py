"""Functions on contexts; none changes the context it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.feel.builtins.registry import NoValueError, builtin
from engine.feel.iteration import member
from engine.feel.values import adopt

if TYPE_CHECKING:
    from engine.feel.limits import Run

FeelContext = dict[str, object]


@builtin("get value", "m: context, key: any")
def get_value(run: Run, m: FeelContext, key: object) -> object:
    """The entry under a key, or under a list of keys one within the other; null if there is none."""
    if isinstance(key, list):
        value: object = m
        for step in key:
            run.spend()
            if not isinstance(step, str) or not isinstance(value, dict):
                raise NoValueError("feel_argument_kind")
            value = member(value, step, run, 0)
        return value if key else None
    if not isinstance(key, str):
        raise NoValueError("feel_argument_kind")
    return adopt(m.get(key), run, 0, key)


@builtin("get entries", "m: context")
def get_entries(run: Run, m: FeelContext) -> list[object]:
    """Every entry as a context of ``key`` and ``value``."""
    run.claim_items(len(m) * 2)
    return [{"key": key, "value": value} for key, value in m.items()]


@builtin("context", "entries: list")
def context(run: Run, entries: list[object]) -> FeelContext:
    """A context of entries, each with ``key`` and ``value``."""
    made: FeelContext = {}
    for entry in entries:
        run.spend()
        if not isinstance(entry, dict) or not {"key", "value"} <= entry.keys():
            raise NoValueError("feel_argument_kind")
        key = entry["key"]
        if not isinstance(key, str) or key in made:
            raise NoValueError("feel_duplicate_key")
        made[key] = entry["value"]
    return made


@builtin("context put", "context: context, key: string, value: any")
def context_put(_run: Run, given: FeelContext, key: str, value: object) -> FeelContext:
    """The context with one entry set."""
    return {**given, key: value}


@builtin("context put", "context: context, keys: list, value: any")
def context_put_deep(run: Run, given: FeelContext, keys: list[object], value: object) -> FeelContext:
    """The context with an entry set in contexts within it."""
    if not keys or not all(isinstance(key, str) for key in keys):
        raise NoValueError("feel_argument_kind")
    result = dict(given)
    level = result
    for key in keys[:-1]:
        run.spend()
        inner = level.get(str(key), {})
        if not isinstance(inner, dict):
            raise NoValueError("feel_argument_kind")
        run.spend_on_items(inner)
        copied = dict(inner)
        level[str(key)] = copied
        level = copied
    level[str(keys[-1])] = value
    return result


@builtin("context merge", "contexts*: list")
def context_merge(run: Run, contexts: list[object]) -> FeelContext:
    """All contexts in one; later ones win."""
    merged: FeelContext = {}
    for part in contexts:
        if not isinstance(part, dict):
            raise NoValueError("feel_argument_kind")
        run.spend_on_items(part)
        merged |= part
    return merged
