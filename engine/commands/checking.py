"""The checks of a deployment, with what is registered and deployed around it."""

from __future__ import annotations

from collections.abc import Mapping

from engine.decisions import DecisionError, parse
from engine.definitions import read
from engine.errors import DefinitionError
from engine.findings import ERROR, Finding
from engine.host import Host
from engine.spiff.build import build


def findings_of(host: Host, resources: Mapping[str, bytes]) -> list[Finding]:
    """What is wrong with the files."""
    del host
    found: list[Finding] = []
    for name, content in resources.items():
        try:
            if name.endswith(".dmn"):
                parse(content)
            else:
                build(read(content, resource=name), "", 0)
        except DefinitionError as refused:
            found.extend(refused.findings)
        except DecisionError as refused:
            found.append(Finding(refused.code, ERROR, params=refused.params, resource=name))
    return found
