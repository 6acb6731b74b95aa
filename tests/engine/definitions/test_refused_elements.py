"""What the engine does not run is refused by name, with what to draw instead, in both languages."""

from __future__ import annotations

import pytest

from engine.definitions.check import check_resources
from engine.definitions.wiring import Wiring
from engine.findings import ERROR, Finding
from tests.engine.spiff.play import diagram, flows
from webapp.cli.wording import speaking
from webapp.wording import word

TIMER = "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>"
MANY = f'<intermediateCatchEvent id="x">{TIMER}{TIMER}</intermediateCatchEvent>'


def refused(element: str, code: str = "element_unsupported") -> Finding:
    xml = diagram(f'<startEvent id="s"/>{element}<endEvent id="e"/>{flows("s x e")}')
    found = check_resources({"story.bpmn": xml}, Wiring())
    return next(f for f in found if f.code == code and f.severity == ERROR)


@pytest.mark.parametrize(
    ("element", "english", "chinese"),
    [
        ('<complexGateway id="x"/>', "event-based gateway", "包容、排他或并行网关"),
        ('<adHocSubProcess id="x"><task id="y"/></adHocSubProcess>', "parallel branches", "并行分支"),
        (MANY, "an event of its own", "各画一个事件"),
    ],
)
def test_the_refusal_names_the_element_and_says_what_to_draw_instead(
    element: str, english: str, chinese: str
) -> None:
    finding = refused(element)
    assert finding.element_id == "x"
    for language, advice in (("en", english), ("zh", chinese)):
        with speaking(language):
            assert advice in word(finding.code, finding.params)


def test_correlation_by_data_is_refused_by_name() -> None:
    finding = refused(
        '<correlationSubscription id="c" correlationKeyRef="k"/><manualTask id="x"/>', "correlation_by_data"
    )
    assert finding.element_id == "c"
    with speaking("en"):
        assert "keyturn:correlation" in word(finding.code, finding.params)
