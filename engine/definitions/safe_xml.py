"""Reading XML from strangers: no entities, no document types, no network, bounded size and depth."""

from __future__ import annotations

from lxml import etree

from engine.findings import ERROR, DefinitionError, Finding

MAX_BYTES = 5_000_000
MAX_DEPTH = 100


def parse_xml(content: bytes, *, resource: str = "") -> etree._Element:
    """The root element; raises `DefinitionError` with one finding that says what to do."""
    if len(content) > MAX_BYTES:
        raise _refused("xml_too_large", resource, limit_mb=MAX_BYTES // 1_000_000)
    head = content[:200_000].upper()
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise _refused("xml_document_type", resource)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as problem:
        raise _refused("xml_malformed", resource, line=problem.lineno, detail=problem.msg) from problem
    except ValueError as problem:
        raise _refused("xml_malformed", resource, detail=str(problem)) from problem
    if root.getroottree().docinfo.doctype:
        raise _refused("xml_document_type", resource)
    _bound_depth(root, resource)
    return root


def _bound_depth(root: etree._Element, resource: str) -> None:
    depth = 0
    for event, _element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            raise _refused("xml_too_deep", resource, limit=MAX_DEPTH)


def _refused(code: str, resource: str, *, line: int | None = None, **params: object) -> DefinitionError:
    return DefinitionError([Finding(code, ERROR, line=line, params=params, resource=resource)])
