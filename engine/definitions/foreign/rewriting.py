"""Rewriting that is unambiguous: namespaces, ids, references, the executable process. Only in memory.

Every change is told; the file that is stored stays as it is. After this each flow node and flow has an id of its
own, and no two elements share one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from engine.definitions.foreign.namespaces import BETA_BPMN
from engine.definitions.foreign.report import Report, shown
from engine.definitions.names import BPMN, FLOW_NODES, local, q

_KEY = re.compile(r"[a-z][a-z0-9_]{1,58}")
_PLAIN = re.compile(r"[A-Za-z0-9_. -]+")
_PREFIXED = re.compile(r"[A-Za-z_][\w.-]*:([A-Za-z_][\w.-]*)")
_REFERENCES = (
    "sourceRef", "targetRef", "default", "attachedToRef", "messageRef", "signalRef", "errorRef", "escalationRef",
    "calledElement", "activityRef", "dataObjectRef", "dataStoreRef", "itemSubjectRef", "structureRef",
)  # fmt: skip
_ACTING_REFERENCES = frozenset(_REFERENCES[:9])
ACTING = tuple(q(name) for name in sorted(FLOW_NODES | {"sequenceFlow"}))
_CLASHING = re.compile(r"[()]")


def rewrite(root: etree._Element, report: Report) -> None:
    """Keys, references and ids, then which process runs: in the order in which one needs the other."""
    processes = list(root.iterfind(q("process")))
    for process in processes:
        _name_process(process, report)
    _without_prefixes(root, report)
    _ids(root, processes, report)
    _calls_follow(root)
    _executable(processes, report)


def use_current_namespace(root: etree._Element, report: Report) -> None:
    """Diagrams of BPMN's beta namespace, or of none at all, are read as BPMN 2.0."""
    namespace = etree.QName(root).namespace
    if local(root) != "definitions" or namespace not in (BETA_BPMN, None):
        return
    for element in list(root.iter(etree.Element)):
        if etree.QName(element).namespace == namespace:
            element.tag = q(local(element))
    first = root.find(q("process"))
    report.rewritten("rewritten_namespace", root if first is None else first, namespace=namespace or "—")


def key_of(process_id: str) -> str:
    """The key for a process id of another tool: small letters, digits and underscores; empty when impossible."""
    if _KEY.fullmatch(process_id):
        return process_id
    plain = re.sub(r"[. -]", "_", process_id.lower()) if _PLAIN.fullmatch(process_id) else ""
    key = (
        plain if plain[:1].isalpha() and len(plain) > 1 else f"process{plain if plain[:1] == '_' else '_' + plain}"
    )
    return key[:59] if plain.strip("_") and _KEY.fullmatch(key[:59]) else ""


def _name_process(process: etree._Element, report: Report) -> None:
    old = (process.get("id") or "").strip()
    key = key_of(old)
    if not old:
        report.refused("id_missing", process, kind="process")
        process.set("id", "process_without_id")
    elif key and key != old:
        if has_nodes(process):
            report.rewritten("rewritten_key", process, old=old, key=key)
        process.set("id", key)


def _calls_follow(root: etree._Element) -> None:
    """Call activities name a process by the key that its id is read as."""
    others = {element.get("id") for element in root.iterchildren(etree.Element) if local(element) != "process"}
    for call in root.iter(q("callActivity")):
        called = call.get("calledElement", "")
        if key_of(called) and called not in others:
            call.set("calledElement", key_of(called))


def _without_prefixes(root: etree._Element, report: Report) -> None:
    for element in root.iter(etree.Element):
        if etree.QName(element).namespace != BPMN:
            continue
        for name in _REFERENCES:
            text = element.get(name)
            match = _PREFIXED.fullmatch(text.strip()) if text else None
            if text and match:
                element.set(name, match[1])
                if name in _ACTING_REFERENCES:
                    report.rewritten_often("rewritten_prefixes", _group(element), example=text.strip())


def _group(element: etree._Element) -> etree._Element:
    """The process an element is in, else the element itself."""
    process = next(element.iterancestors(q("process")), None)
    return element if process is None else process


def acting_elements(process: etree._Element) -> Iterator[etree._Element]:
    """Flow nodes and sequence flows of a process at any depth, outside extensions."""
    for element in process.iter(*ACTING):
        if next(element.iterancestors(q("extensionElements")), None) is None:
            yield element


def _ids(root: etree._Element, processes: list[etree._Element], report: Report) -> None:
    taken = {element.get("id", "") for element in root.iter(etree.Element) if element.get("id")}
    seen: set[str] = set()
    for process in processes:
        seen |= _distinct(process, seen, report)
        count = 0
        for element in acting_elements(process):
            old = element.get("id", "")
            if old and old not in seen and not _CLASHING.search(old):
                seen.add(old)
                continue
            count += 1
            new = _free_id(f"{process.get('id')}_{local(element)}_{count}", taken)
            _say_renamed(element, old, new, report, process)
            element.set("id", new)
            taken.add(new)
            seen.add(new)


def _distinct(process: etree._Element, seen: set[str], report: Report) -> set[str]:
    key = process.get("id", "")
    if key in seen:
        report.refused("id_twice", process)
        key = _free_id(f"{key}_2", seen)
        process.set("id", key)
    return {key}


def _free_id(wanted: str, taken: set[str]) -> str:
    number, found = 1, wanted
    while found in taken:
        number += 1
        found = f"{wanted}_{number}"
    return found


def _say_renamed(element: etree._Element, old: str, new: str, report: Report, process: etree._Element) -> None:
    if old and _CLASHING.search(old):
        report.refused("id_reserved", element)
    elif old:
        report.refused("id_twice", element)
    elif local(element) == "sequenceFlow":
        report.rewritten_often("rewritten_flow_ids", process, example=new)
    else:
        element.set("id", new)
        report.rewritten("rewritten_id", element, id=new, kind=local(element))


def has_nodes(process: etree._Element) -> bool:
    """Whether anything stands in a process that could run."""
    return any(local(element) != "sequenceFlow" for element in acting_elements(process))


def _executable(processes: list[etree._Element], report: Report) -> None:
    """The only process with something in it is meant to run, unless it says that it is not."""
    if any(is_executable(process) for process in processes):
        return
    filled = [process for process in processes if has_nodes(process)]
    if len(filled) == 1 and not (filled[0].get("isExecutable") or "").strip():
        filled[0].set("isExecutable", "true")
        report.rewritten("rewritten_executable", filled[0])


def is_executable(process: etree._Element) -> bool:
    """Whether a process says that it is meant to run."""
    return (process.get("isExecutable") or "").strip() in ("true", "1")


def not_run(root: etree._Element, chosen: etree._Element | None, report: Report) -> None:
    """Processes beside the one that runs are drawn only."""
    for process in root.iterfind(q("process")):
        if chosen is not None and process is not chosen and has_nodes(process):
            report.ignored("process_not_run", process, key=shown(chosen))
