"""Which element of one version is which of another: by id, unless a mapping says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.definitions.model import Node
from engine.findings import ERROR, Finding
from engine.spiff.build import Bundle, ScopeSpec
from engine.spiff.steps import Step


@dataclass(frozen=True)
class ElementMap:
    """``given`` maps ids of elements and flows of the old version to those of the new one."""

    old: Bundle
    new: Bundle
    given: Mapping[str, str]

    def of(self, element_id: str) -> str:
        """The id in the new version."""
        return self.given.get(element_id, element_id)

    def spec_of(self, scope: str) -> ScopeSpec | None:
        """The steps of a process or sub-process in the new version."""
        if scope == self.old.model.key:
            return self.new.spec
        return self.new.scopes.get(self.of(scope))

    def node_of(self, node: Node) -> Node | None:
        """The element in the new version, wherever it stands."""
        return self.new.model.nodes.get(self.of(node.id))

    def unknown(self) -> list[Finding]:
        """A finding for each id of the mapping that its version does not have."""
        wrong = []
        for old, new in self.given.items():
            if not _has(self.old, old):
                wrong.append(Finding("migrate_mapping_from_unknown", ERROR, old, params={"element": old}))
            if not _has(self.new, new):
                wrong.append(Finding("migrate_mapping_to_unknown", ERROR, old, params={"element": new}))
        return wrong

    def flow_into(self, via: str, old: Step, new: Step, spec: ScopeSpec) -> str | None:
        """The flow by which a token that waits at a join has come, in the new version; None when unclear.

        With an element inserted before the join it is the only new flow to which the former source leads.
        """
        image = self._image(via, new)
        flow = self.old.model.flows.get(via)
        if image is not None or flow is None:
            return image
        taken = {self._image(other, new) for other in old.node.incoming}
        source = self.of(flow.source)
        free = [f for f in new.node.incoming if f not in taken and source in spec.reaching(new.node.id, (f,))]
        return free[0] if len(free) == 1 else None

    def _image(self, via: str, new: Step) -> str | None:
        """The same flow by its id, or the only one from the same source."""
        incoming, flows = new.node.incoming, self.new.model.flows
        flow, named = self.old.model.flows.get(via), self.of(via)
        source = self.of(flow.source) if flow is not None else ""
        if named in incoming and (via in self.given or flows[named].source == source or not _numbered(via)):
            return named
        beside = [f for f in incoming if flows[f].source == source]
        return beside[0] if len(beside) == 1 else None


def _has(bundle: Bundle, element_id: str) -> bool:
    return element_id in bundle.model.nodes or element_id in bundle.model.flows


def _numbered(flow_id: str) -> bool:
    """Whether the file gave the flow no id, so that its number in the file stands for one."""
    return "_flow_" in flow_id
