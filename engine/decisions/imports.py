"""Files that a DMN file imports: found by namespace, named by prefix, their types made known here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from lxml import etree

from engine.decisions.model import DecisionModel, Import, ItemType, Place
from engine.decisions.xml import children, label

MAX_IMPORTS = 50


def imports_of(root: etree._Element, model_of: Callable[[str], DecisionModel | None]) -> tuple[Import, ...]:
    """The imports of a file with the models that were given for them."""
    found = []
    for element in list(children(root, "import"))[:MAX_IMPORTS]:
        namespace = element.get("namespace") or ""
        place = Place(element.get("id") or root.get("id") or "", label(element), element.sourceline or 1)
        found.append(Import(label(element), namespace, place, model_of(namespace)))
    return tuple(found)


def merged_types(imports: Sequence[Import]) -> dict[str, ItemType]:
    """The types of imported files under their prefixed names, and under their own where these are free."""
    merged: dict[str, ItemType] = {}
    for one in imports:
        if one.model is None:
            continue
        known = one.model.types
        prefix = f"{one.name}." if one.name else ""
        for name, item in known.items():
            merged[prefix + name] = _prefixed(item, prefix, frozenset(known))
            merged.setdefault(name, merged[prefix + name])
    return merged


def take_in(model: DecisionModel) -> None:
    """Make the elements of files imported without a name this file's own, an earlier one of that name first.

    Files that these import by name come with them.
    """
    for other in (one.model for one in model.imports if not one.name):
        if other is None:
            continue
        known = {element.name for part in _parts(model) for element in part.values()}
        for mine, theirs in zip(_parts(model), _parts(other), strict=True):
            for key, element in theirs.items():
                if key not in mine and element.name not in known:
                    mine[key] = element
                    model.taken_in[key] = other.taken_in.get(key, other.namespace)


def with_nested(imports: Sequence[Import]) -> tuple[Import, ...]:
    """The imports of a file, and those of the files that it imports without a name."""
    found = list(imports)
    for one in imports:
        nested = one.model.imports if one.model is not None and not one.name else ()
        known = {other.namespace for other in found}
        found += [other for other in nested if other.model is not None and other.namespace not in known]
    return tuple(found)


def _parts(model: DecisionModel) -> tuple[dict[str, Any], ...]:
    return model.decisions, model.inputs, model.knowledge, model.services


def _prefixed(item: ItemType, prefix: str, known: frozenset[str]) -> ItemType:
    type_ref = prefix + item.type_ref if item.type_ref in known else item.type_ref
    components = tuple(_prefixed(part, prefix, known) for part in item.components)
    return replace(item, type_ref=type_ref, components=components)
