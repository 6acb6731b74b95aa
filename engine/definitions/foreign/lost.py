"""Nothing is lost on the way: what the file draws and the model lacks is an error, by element."""

from __future__ import annotations

from lxml import etree

from engine.definitions.foreign.report import Report
from engine.definitions.foreign.rewriting import ACTING
from engine.definitions.model import ProcessModel
from engine.definitions.names import local, q

_OTHER_KINDS = {
    "http://www.omg.org/spec/DMN": "file_is_decision",
    "https://www.omg.org/spec/DMN": "file_is_decision",
    "http://www.omg.org/spec/CMMN": "file_is_case",
    "http://www.wfmc.org/": "file_is_xpdl",
    "http://www.w3.org/1999/xhtml": "file_is_page",
    "http://www.w3.org/2000/svg": "file_is_picture",
    "http://docs.oasis-open.org/wsbpel": "file_is_xpdl",
}
_OTHER_ROOTS = {
    "html": "file_is_page",
    "svg": "file_is_picture",
    "mxfile": "file_is_drawing",
    "mxGraphModel": "file_is_drawing",
    "Package": "file_is_xpdl",
    "VisioDocument": "file_is_drawing",
    "process": "bpmn_without_definitions",
}


def what_else(root: etree._Element) -> str:
    """What an XML file is that is no BPMN diagram, as the code of a finding."""
    namespace = etree.QName(root).namespace or ""
    for beginning, code in _OTHER_KINDS.items():
        if namespace.startswith(beginning):
            return code
    return _OTHER_ROOTS.get(local(root), "not_bpmn")


def tell_lost(process: etree._Element, model: ProcessModel, report: Report) -> None:
    """Nodes and flows of the file that are not in the model: they stand where no element of BPMN can hold them."""
    read = {*model.nodes, *model.flows}
    for element in process.iter(*ACTING):
        if not _in_extension(element) and element.get("id") not in read:
            report.refused("element_lost", element, kind=local(element), inside=_holder(element))


def tell_outside(root: etree._Element, report: Report) -> None:
    """Nodes and flows that stand in no process at all."""
    for element in root.iter(*ACTING):
        if not _in_extension(element) and next(element.iterancestors(q("process")), None) is None:
            report.refused("element_lost", element, kind=local(element), inside=_holder(element))


def _holder(element: etree._Element) -> str:
    parent = element.getparent()
    return local(parent) if parent is not None else ""


def _in_extension(element: etree._Element) -> bool:
    return next(element.iterancestors(q("extensionElements")), None) is not None
