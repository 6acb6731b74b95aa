"""The analyst's own words in a DMN file: ``keyturn:label`` in the extension elements, by element and language."""

from __future__ import annotations

from engine.decisions.xml import open_definitions

LABEL = "{https://keyturn.example/schema/bpmn/1.0}label"


def read_labels(xml: bytes) -> dict[str, dict[str, str]]:
    """Texts by element id (by name too for input data, since columns name their data) and language.

    Raises DecisionFileError for anything that is not a sound DMN file.
    """
    found: dict[str, dict[str, str]] = {}
    for label in open_definitions(xml).iter(LABEL):
        extension = label.getparent()
        owner = extension.getparent() if extension is not None else None
        language, text = label.get("lang"), (label.text or "").strip()
        if owner is None or not language or not text:
            continue
        for key in (owner.get("id"), owner.get("name")):
            if key:
                found.setdefault(key, {})[language] = text
    return found
