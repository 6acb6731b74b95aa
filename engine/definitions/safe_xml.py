"""Reading XML from strangers: no entities, no document types, no network, bounded size and depth."""

from __future__ import annotations

from lxml import etree

from engine.findings import ERROR, DefinitionError, Finding

MAX_BYTES = 5_000_000
MAX_DEPTH = 100
_OTHER_FILES: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "file_is_archive"), (b"\x1f\x8b", "file_is_archive"), (b"%PDF", "file_is_picture"),
    (b"\x89PNG", "file_is_picture"), (b"\xff\xd8\xff", "file_is_picture"), (b"GIF8", "file_is_picture"),
    (b"\xd0\xcf\x11\xe0", "file_is_office"), (b"{", "file_is_json"), (b"[", "file_is_json"),
)  # fmt: skip
_ENCODINGS = {
    etree.ErrorTypes.ERR_INVALID_ENCODING, etree.ErrorTypes.ERR_UNKNOWN_ENCODING,
    etree.ErrorTypes.ERR_UNSUPPORTED_ENCODING, etree.ErrorTypes.ERR_INVALID_CHAR,
}  # fmt: skip
_CUT_OFF = {
    etree.ErrorTypes.ERR_TAG_NOT_FINISHED, etree.ErrorTypes.ERR_GT_REQUIRED,
    etree.ErrorTypes.ERR_ATTRIBUTE_NOT_FINISHED, etree.ErrorTypes.ERR_COMMENT_NOT_FINISHED,
    etree.ErrorTypes.ERR_CDATA_NOT_FINISHED, etree.ErrorTypes.ERR_LTSLASH_REQUIRED,
}  # fmt: skip
_WITHOUT_START = {etree.ErrorTypes.ERR_DOCUMENT_EMPTY}
_WITHOUT_PREFIX = {etree.ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE}


def parse_xml(content: bytes, *, resource: str = "") -> etree._Element:
    """The root element; raises `DefinitionError` with one finding that says what to do."""
    if len(content) > MAX_BYTES:
        raise _refused("xml_too_large", resource, limit_mb=MAX_BYTES // 1_000_000)
    if not content.strip():
        raise _refused("file_is_empty", resource)
    for beginning, code in _OTHER_FILES:
        if content.lstrip().startswith(beginning):
            raise _refused(code, resource)
    head = content[:200_000].upper().replace(b"\0", b"")
    if b"<!DOCTYPE HTML" in head or head.lstrip().startswith(b"<HTML"):
        raise _refused("file_is_page", resource)
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise _refused("xml_document_type", resource)
    root = _parsed(content.lstrip(b" \t\r\n") if b"\0" not in content[:4] else content, resource)
    if root.getroottree().docinfo.doctype:
        raise _refused("xml_document_type", resource)
    _bound_depth(root, resource)
    return root


def as_text(content: bytes) -> str:
    """A stored file as text, whatever encoding it declares; for pages, which are sent in UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return etree.tostring(parse_xml(content).getroottree(), encoding="unicode")


def _parsed(content: bytes, resource: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as problem:
        raise _refused(_why(problem), resource, line=problem.lineno, limit=MAX_DEPTH) from problem
    except (ValueError, LookupError) as problem:
        raise _refused("xml_malformed", resource) from problem


def _why(problem: etree.XMLSyntaxError) -> str:
    if "depth" in str(problem.msg):
        return "xml_too_deep"
    if problem.code in _ENCODINGS:
        return "xml_encoding"
    if problem.code in _CUT_OFF:
        return "xml_cut_off"
    if problem.code in _WITHOUT_PREFIX:
        return "xml_prefix"
    return "file_is_no_xml" if problem.code in _WITHOUT_START else "xml_malformed"


def _bound_depth(root: etree._Element, resource: str) -> None:
    depth = 0
    for event, _element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            raise _refused("xml_too_deep", resource, limit=MAX_DEPTH)


def _refused(code: str, resource: str, *, line: int | None = None, **params: object) -> DefinitionError:
    return DefinitionError([Finding(code, ERROR, line=line, params=params, resource=resource)])
