"""Checking what somebody wants to deploy: diagrams and decision tables, all of them, each by element and line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from engine.decisions import check as check_decisions
from engine.decisions import parse as parse_decisions
from engine.decisions.errors import DecisionError
from engine.definitions.checks import check_process
from engine.definitions.reader import Reading, read_file
from engine.definitions.wiring import Wiring
from engine.findings import ERROR, Finding, clipped

_DMN_ROOT = re.compile(rb"<(?:[\w.-]+:)?definitions\b[^>]*[\"']https?://www\.omg\.org/spec/DMN/[^\"']*MODEL")
_MOST_OF_A_KIND = 200
# These only repeat what a refused setting of another tool already told of the same element.
_FOLLOWING = {
    "feel_syntax",
    "variable_impossible",
    "function_unknown",
    "timer_unreadable",
    "cycle_unreadable",
    "handler_missing",
    "form_missing",
    "nobody_assigned",
    "nobody_assigned_in_lane",
    "decision_missing",
    "called_process_missing",
    "script_empty",
    "script_not_feel",
    "loop_without_count",
}


def check_resources(resources: Mapping[str, bytes], wiring: Wiring) -> list[Finding]:
    """Findings over all files of a deployment; one bad file never hides what is wrong in another."""
    findings: list[Finding] = []
    readings = dict(_readings(resources))
    models = {resource: reading.process for resource, reading in readings.items() if reading.process is not None}
    decisions = dict(_decisions(resources, findings))
    drawn = {model.key for reading in readings.values() for model in reading.models}
    together = replace(
        wiring,
        processes=wiring.processes | drawn,
        decisions=wiring.decisions | {key for keys in decisions.values() for key in keys},
    )
    for resource, reading in readings.items():
        findings += _of_reading(reading, resource, together)
    findings += _named_twice({resource: [model.key] for resource, model in models.items()}, "process_key_twice")
    findings += _named_twice(decisions, "decision_id_twice")
    for resource, content in resources.items():
        if kind_of(resource, content) is None:
            findings.append(Finding("resource_kind_unknown", ERROR, params={"name": resource}, resource=resource))
    return findings


def kind_of(name: str, content: bytes) -> str | None:
    """What a file is read as, ``process`` or ``decision``, by its name; XML without a telling name by its root."""
    lowered = name.lower()
    if lowered.endswith((".bpmn", ".bpmn2", ".bpmn20.xml", ".bpmn.xml")):
        return "process"
    if lowered.endswith(".dmn"):
        return "decision"
    if lowered.endswith(".xml"):
        return "decision" if _DMN_ROOT.search(content[:20_000]) else "process"
    return None


def _of_reading(reading: Reading, resource: str, wiring: Wiring) -> Iterator[Finding]:
    """What was read in another form, then what each process lacks, even one that is not marked to run."""
    found = [*reading.findings]
    refused = {f.element_id for f in found if f.severity == ERROR and f.code.startswith(("foreign_", "calls_"))}
    for model in reading.models:
        found += check_process(model, wiring)
    told: Counter[str] = Counter()
    for finding in found:
        if finding.code in _FOLLOWING and finding.element_id in refused:
            continue
        told[finding.code] += 1
        if told[finding.code] <= _MOST_OF_A_KIND:
            yield replace(finding, resource=resource, element_name=_called(finding, reading))
    for code, count in told.items():
        if count > _MOST_OF_A_KIND:
            last = next(finding for finding in reversed(found) if finding.code == code)
            params = {"more": count - _MOST_OF_A_KIND, "finding": code, "finding_params": last.params}
            yield replace(last, code="more_of_a_kind", params=params, resource=resource)


def _called(finding: Finding, reading: Reading) -> str | None:
    """The label of an element; one without a label is called by its neighbours."""
    if finding.element_name or finding.element_id is None:
        return finding.element_name
    for model in reading.models:
        element = model.flows.get(finding.element_id) or model.nodes.get(finding.element_id)
        if element is not None:
            called = clipped(model.described(element), 80)
            return None if called == finding.element_id else called
    return None


def keys_of(resources: Mapping[str, bytes]) -> tuple[frozenset[str], frozenset[str]]:
    """The process keys and the decision ids that readable files define."""
    readings = dict(_readings(resources)).values()
    decisions = _decisions(resources, [])
    processes = frozenset(reading.process.key for reading in readings if reading.process is not None)
    return processes, frozenset(key for _, keys in decisions for key in keys)


def _readings(resources: Mapping[str, bytes]) -> Iterator[tuple[str, Reading]]:
    for resource, content in resources.items():
        if kind_of(resource, content) == "process":
            yield resource, read_file(content, resource=resource)


def _decisions(resources: Mapping[str, bytes], findings: list[Finding]) -> Iterator[tuple[str, list[str]]]:
    for resource, content in resources.items():
        if kind_of(resource, content) == "decision":
            try:
                model = parse_decisions(content)
            except DecisionError as refused:
                params = {"detail": str(refused), **refused.params}
                findings.append(Finding(refused.code, ERROR, params=params, resource=resource))
                continue
            for f in check_decisions(model):
                finding = Finding(f.code, f.severity, f.element_id, f.element_name, f.line, f.params, resource)
                findings.append(finding)
            yield resource, list(model.decisions)


def _named_twice(names: Mapping[str, list[str]], code: str) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for resource, keys in names.items():
        for key in keys:
            if key in first:
                params = {"key": key, "first": first[key]}
                yield Finding(code, ERROR, key, params=params, resource=resource)
            first.setdefault(key, resource)
