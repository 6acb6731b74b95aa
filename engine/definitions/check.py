"""Checking what somebody wants to deploy: diagrams and decision tables, all of them, each by element and line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from engine.decisions import check as check_decisions
from engine.decisions import parse as parse_decisions
from engine.decisions.errors import DecisionError
from engine.definitions.checks import check_process
from engine.definitions.model import ProcessModel
from engine.definitions.reader import read
from engine.definitions.wiring import Wiring
from engine.findings import ERROR, DefinitionError, Finding


def check_resources(resources: Mapping[str, bytes], wiring: Wiring) -> list[Finding]:
    """Findings over all files of a deployment; one bad file never hides what is wrong in another."""
    findings: list[Finding] = []
    models = dict(_models(resources, findings))
    decisions = dict(_decisions(resources, findings))
    together = replace(
        wiring,
        processes=wiring.processes | {model.key for model in models.values()},
        decisions=wiring.decisions | {key for keys in decisions.values() for key in keys},
    )
    for resource, model in models.items():
        findings += [replace(found, resource=resource) for found in check_process(model, together)]
    findings += _named_twice({resource: [model.key] for resource, model in models.items()}, "process_key_twice")
    findings += _named_twice(decisions, "decision_id_twice")
    for resource in resources:
        if not resource.endswith((".bpmn", ".dmn")):
            findings.append(Finding("resource_kind_unknown", ERROR, params={"name": resource}, resource=resource))
    return findings


def keys_of(resources: Mapping[str, bytes]) -> tuple[frozenset[str], frozenset[str]]:
    """The process keys and the decision ids that readable files define."""
    models = _models(resources, [])
    decisions = _decisions(resources, [])
    return frozenset(model.key for _, model in models), frozenset(key for _, keys in decisions for key in keys)


def _models(resources: Mapping[str, bytes], findings: list[Finding]) -> Iterator[tuple[str, ProcessModel]]:
    for resource, content in resources.items():
        if resource.endswith(".bpmn"):
            try:
                yield resource, read(content, resource=resource)
            except DefinitionError as refused:
                findings += [replace(found, resource=resource) for found in refused.findings]


def _decisions(resources: Mapping[str, bytes], findings: list[Finding]) -> Iterator[tuple[str, list[str]]]:
    for resource, content in resources.items():
        if resource.endswith(".dmn"):
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
