"""Opens DMN files safely: bounded in size, depth and number of elements, without entities or references."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.decisions.errors import DecisionFileError

MAX_BYTES = 2_000_000
MAX_ELEMENTS = 60_000
MAX_DEPTH = 100

NAMESPACES = frozenset(
    {
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20151130",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
        "https://www.omg.org/spec/DMN/20240513/MODEL/",
    }
)
"""The model namespaces of DMN 1.1 to 1.6."""


def open_definitions(xml: bytes) -> etree._Element:
    """The root of a DMN file.

    Raises DecisionFileError for anything that is not a sound DMN file of moderate size.
    """
    if len(xml) > MAX_BYTES:
        raise DecisionFileError("decision_file_too_big", size=len(xml), limit=MAX_BYTES)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", 0) or 0
        raise DecisionFileError("decision_file_not_xml", line=line) from None
    document = root.getroottree().docinfo
    if document.internalDTD is not None or document.externalDTD is not None or document.doctype:
        raise DecisionFileError("decision_file_entities", line=1)
    _bound(root)
    if local_name(root) != "definitions" or not is_dmn(root):
        raise DecisionFileError("decision_file_not_dmn", line=root.sourceline or 1, found=local_name(root)[:60])
    return root


def _bound(root: etree._Element) -> None:
    count = depth = 0
    for event, _element in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            depth -= 1
            continue
        depth += 1
        count += 1
        if count > MAX_ELEMENTS or depth > MAX_DEPTH:
            raise DecisionFileError("decision_file_too_deep", elements=MAX_ELEMENTS, depth=MAX_DEPTH)


def local_name(element: etree._Element) -> str:
    """The name of an element without its namespace."""
    return etree.QName(element).localname


def is_dmn(element: etree._Element) -> bool:
    """Whether an element belongs to DMN and not to an extension or the drawing."""
    return etree.QName(element).namespace in NAMESPACES


def children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """DMN children, all or those of some names."""
    for child in element:
        if is_dmn(child) and (not names or local_name(child) in names):
            yield child


def child(element: etree._Element | None, name: str) -> etree._Element | None:
    """The first DMN child of a name."""
    return None if element is None else next(children(element, name), None)


def child_text(element: etree._Element | None, name: str) -> str:
    """The text of the first DMN child of a name, stripped; empty if there is none."""
    found = child(element, name)
    return "" if found is None else (found.text or "").strip()


def label(element: etree._Element, attribute: str = "name") -> str:
    """A name attribute with single spaces."""
    return " ".join((element.get(attribute) or "").split())
