"""Files that a DMN file imports: found by namespace, named by prefix, their types made known here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

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


def _prefixed(item: ItemType, prefix: str, known: frozenset[str]) -> ItemType:
    type_ref = prefix + item.type_ref if item.type_ref in known else item.type_ref
    components = tuple(_prefixed(part, prefix, known) for part in item.components)
    return replace(item, type_ref=type_ref, components=components)
