"""What an analyst is told about a diagram before it is deployed."""

import pytest

from engine.definitions import read
from engine.definitions.check import check_resources
from engine.definitions.checks import check_process
from engine.definitions.wiring import HandlerFacts, Wiring
from engine.findings import ERROR, Finding
from tests.engine.definitions.drawing import extended, flow, process
from webapp.cli.wording import speaking
from webapp.wording import word

MESSAGE = '<bpmn:message id="m1" name="deposit_paid"/>'
ERRORS = '<bpmn:error id="e1" errorCode="lead_intake.score.duplicate"/><bpmn:error id="e2" errorCode="other"/>'
SCORE = '<keyturn:handler name="lead_intake.score"/>'
START, END = '<bpmn:startEvent id="begin"/>', '<bpmn:endEvent id="done"/>'
FORM = '<keyturn:start form="lead_intake/start"/>'


def _handler(name: str) -> HandlerFacts | None:
    if name != "lead_intake.score":
        return None
    inputs = {"email": True, "budget": False}
    return HandlerFacts(inputs, frozenset({"points"}), frozenset({"lead_intake.score.duplicate"}))


def _form(key: str) -> list[str] | None:
    return {"lead_intake/start": ["email"], "lead_intake/review": ["decision"]}.get(key)


WIRING = Wiring(_handler, _form, frozenset({"sales_manager"}), frozenset({"approval"}), frozenset({"matrix"}))


def findings(xml: bytes) -> list[Finding]:
    return list(check_process(read(xml), WIRING))


def told(xml: bytes, severity: str | None = None) -> set[tuple[str, str | None]]:
    return {(f.code, f.element_id) for f in findings(xml) if severity in (None, f.severity)}


def line(*inner: str, **settings: str) -> bytes:
    """A process of one start, the given element with id ``it``, and one end."""
    return process(START, *inner, END, flow("f1", "begin", "it"), flow("f2", "it", "done"), **settings)


def task(attributes: str, *more: str) -> bytes:
    return line(extended("userTask", 'id="it"', f"<keyturn:task {attributes}/>", *more))


GOOD_TASK = 'form="lead_intake/review" candidateGroups="sales_manager" due="P2WD"'


def test_a_sound_process_has_no_findings() -> None:
    xml = line(
        f"<bpmn:extensionElements>{FORM}</bpmn:extensionElements>",
        extended(
            "userTask", 'id="it"', f"<keyturn:task {GOOD_TASK}/>", '<keyturn:fact name="mail" value="= email"/>'
        ),
    )
    assert findings(xml) == []


def event(kind: str, definition: str, identity: str = "it", more: str = "", at: str = "") -> str:
    """An event with one definition."""
    inside = f"<bpmn:{definition}EventDefinition{more}/>"
    return f'<bpmn:{kind} id="{identity}"{at}>{inside}</bpmn:{kind}>'


def aside(inside: str) -> str:
    """An event sub-process."""
    return f'<bpmn:subProcess id="it" triggeredByEvent="true">{inside}</bpmn:subProcess>'


@pytest.mark.parametrize(
    ("xml", "code", "element"),
    [
        (process(END), "start_missing", "lead_intake"),
        (process(START), "end_missing", "begin"),
        (process(START, END, '<bpmn:startEvent id="two"/>', flow("f", "begin", "done")), "start_twice", "two"),
        (process(START, END, flow("f", "begin", "gone")), "flow_dangling", "f"),
        (process(START, END, flow("f", "begin", "done"), '<bpmn:task id="lost"/>'), "unreachable", "lost"),
        (process(START, END, flow("f", "done", "begin")), "flow_into_start", "begin"),
        (process(START, END, flow("f", "done", "begin")), "flow_out_of_end", "done"),
        (process('<bpmn:task id="a"/>', '<bpmn:task id="b"/>'), "start_missing", "lead_intake"),
        (line('<bpmn:parallelGateway id="it"/>', flow("f3", "it", "done", "= a")), "condition_not_asked", "f3"),
        (line('<bpmn:task id="it" default="f9"/>'), "default_unknown", "it"),
        (line('<bpmn:adHocSubProcess id="it"><bpmn:task id="a"/></bpmn:adHocSubProcess>'), "element_unsupported", "it"),
        (line('<bpmn:exclusiveGateway id="it"/>', flow("f3", "it", "done")), "condition_missing", "f2"),
        (line('<bpmn:exclusiveGateway id="it" default="f9"/>'), "default_unknown", "it"),
        (line('<bpmn:complexGateway id="it"/>'), "element_unsupported", "it"),
        (process(START, END, flow("f", "begin", "done"), key="线索"), "key_not_a_slug", "线索"),
        (line('<bpmn:userTask id="it"/>'), "form_missing", "it"),
        (line('<bpmn:userTask id="it"/>'), "nobody_assigned", "it"),
        (task('form="lead_intake/none" candidateGroups="sales_manager"'), "form_unknown", "it"),
        (task('form="lead_intake/review" candidateGroups="boss"'), "role_unknown", "it"),
        (task('form="lead_intake/review" candidateGroups="sales_manager" due="2 days"'), "timer_unreadable", "it"),
        (task('form="lead_intake/review" candidateGroups="sales_manager" followUp="R/P1D"'), "timer_unreadable", "it"),
        (line('<bpmn:serviceTask id="it"/>'), "handler_missing", "it"),
        (
            line(extended("callActivity", 'id="it" calledElement="approval"', '<keyturn:out name="a" value="= 1 +"/>')),
            "feel_syntax",
            "it",
        ),
        (line(extended("serviceTask", 'id="it"', '<keyturn:handler name="no.such"/>')), "handler_unknown", "it"),
        (
            line(extended("serviceTask", 'id="it"', SCORE.replace("/>", '><keyturn:input name="x" value="1"/></keyturn:handler>'))),
            "input_unknown",
            "it",
        ),
        (
            line(extended("serviceTask", 'id="it"', SCORE.replace("/>", '><keyturn:input name="x" value="1"/></keyturn:handler>'))),
            "input_missing",
            "it",
        ),
        (line('<bpmn:businessRuleTask id="it"/>'), "decision_missing", "it"),
        (line(extended("businessRuleTask", 'id="it"', '<keyturn:decision ref="no"/>')), "decision_unknown", "it"),
        (line(extended("scriptTask", 'id="it"', '<keyturn:assign name="a" value="= 1"/>').replace("</bpmn:s", "<bpmn:script>x</bpmn:script></bpmn:s")), "script_not_feel", "it"),
        (line('<bpmn:scriptTask id="it" scriptFormat="feel"/>'), "script_empty", "it"),
        (line('<bpmn:callActivity id="it" calledElement="nothing"/>'), "called_process_unknown", "it"),
        (line('<bpmn:receiveTask id="it" messageRef="m1"/>', outside=MESSAGE), "correlation_missing", "it"),
        (line('<bpmn:sendTask id="it"/>'), "message_missing", "it"),
        (line('<bpmn:intermediateCatchEvent id="it"/>'), "event_without_definition", "it"),
        (
            line('<bpmn:intermediateCatchEvent id="it"><bpmn:timerEventDefinition><bpmn:timeDuration>2 days</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>'),
            "timer_unreadable",
            "it",
        ),
        (line(event("intermediateCatchEvent", "conditional")), "condition_of_event_missing", "it"),
        (line('<bpmn:intermediateCatchEvent id="it"><bpmn:conditionalEventDefinition><bpmn:condition>= 1 +</bpmn:condition></bpmn:conditionalEventDefinition></bpmn:intermediateCatchEvent>'), "feel_syntax", "it"),
        (process(event("startEvent", "conditional"), END, flow("f", "it", "done")), "event_out_of_place", "it"),
        (line(event("intermediateCatchEvent", "error")), "event_out_of_place", "it"),
        (line(event("intermediateThrowEvent", "terminate")), "event_out_of_place", "it"),
        (process(event("startEvent", "timer"), END, flow("f", "it", "done")), "timer_missing", "it"),
        (line(f'<bpmn:subProcess id="it">{event("startEvent", "message", "in")}</bpmn:subProcess>'), "event_out_of_place", "in"),
        (line(aside("")), "event_subprocess_start", "it"),
        (line(aside('<bpmn:startEvent id="in"/>')), "event_subprocess_start", "it"),
        (line(aside(event("startEvent", "signal", "in"))), "event_subprocess_connected", "it"),
        (line(aside(event("startEvent", "message", "in", ' messageRef="m1"')), outside=MESSAGE), "correlation_missing", "in"),
        (line(event("intermediateThrowEvent", "link")), "link_without_name", "it"),
        (line(event("intermediateThrowEvent", "link", more=' name="L"')), "link_target", "it"),
        (line(event("intermediateThrowEvent", "link", more=' name="L"')), "link_with_flow", "it"),
        (line('<bpmn:task id="it"/>', event("boundaryEvent", "error", "b", at=' attachedToRef="it" cancelActivity="false"')), "error_must_interrupt", "b"),
        (line('<bpmn:eventBasedGateway id="it"/>'), "event_gateway_target", "done"),
        (line('<bpmn:boundaryEvent id="b" attachedToRef="gone"/>', '<bpmn:task id="it"/>'), "boundary_unattached", "b"),
        (line('<bpmn:parallelGateway id="it"/>', event("boundaryEvent", "error", "b", at=' attachedToRef="it"')), "boundary_unattached", "b"),
        (line(extended("scriptTask", 'id="it"', '<keyturn:assign name="a" value="= 1 +"/>')), "feel_syntax", "it"),
        (line(extended("scriptTask", 'id="it"', '<keyturn:assign name="_a" value="= 1"/>')), "variable_name", "it"),
        (line(extended("scriptTask", 'id="it"', '<keyturn:assign name="typename" value="= 1"/>')), "variable_name", "it"),
    ],
)  # fmt: skip
def test_each_mistake_is_named_with_its_element(xml: bytes, code: str, element: str) -> None:
    assert (code, element) in told(xml, ERROR)


@pytest.mark.parametrize(
    ("xml", "code", "element"),
    [
        (process(START, END, flow("f1", "begin", "done", "= a")), "path_may_end", "begin"),
        (line('<bpmn:task id="it"/>'), "task_does_nothing", "it"),
        (
            line(
                '<bpmn:task id="it"/>',
                event("boundaryEvent", "escalation", "b", at=' attachedToRef="it"'),
                flow("f3", "b", "done"),
            ),
            "boundary_never_comes",
            "b",
        ),
    ],
)
def test_what_runs_but_may_not_be_meant_is_told_without_forbidding_it(xml: bytes, code: str, element: str) -> None:
    assert (code, element) in told(xml, "warning")
    assert told(xml, ERROR) == set()


def test_event_sub_processes_links_and_escalations_are_no_mistake() -> None:
    start = event("startEvent", "signal", "in", ' signalRef="sig"', at=' isInterrupting="false"')
    beside = aside(start + END.replace("done", "over") + flow("f9", "in", "over")).replace('"it"', '"beside"')
    xml = process(
        START,
        event("intermediateThrowEvent", "link", "out", ' name="L"'),
        event("intermediateCatchEvent", "link", "on", ' name="L"'),
        event("endEvent", "escalation", "done", ' escalationRef="e"'),
        beside,
        flow("f1", "begin", "out"),
        flow("f2", "on", "done"),
        outside='<bpmn:signal id="sig" name="stop"/><bpmn:escalation id="e" escalationCode="look"/>',
    )
    assert findings(xml) == []


def test_an_error_that_the_handler_never_throws_is_wrong_and_one_nobody_catches_is_doubtful() -> None:
    boundary = '<bpmn:boundaryEvent id="b" attachedToRef="it"><bpmn:errorEventDefinition errorRef="{}"/></bpmn:boundaryEvent>'
    service = extended("serviceTask", 'id="it"', SCORE)
    after = flow("f3", "b", "done")
    assert ("error_uncaught", "it") in told(line(service), "warning")
    assert ("error_never_thrown", "b") in told(line(service, boundary.format("e2"), after, outside=ERRORS))
    assert told(line(service, boundary.format("e1"), after, outside=ERRORS)) == set()


def test_names_that_nothing_writes_are_doubtful_when_the_start_is_known() -> None:
    gateway = '<bpmn:exclusiveGateway id="it" default="f2"/>'
    asks = flow("f3", "it", "done", "= budget_fen &gt; 1 and email != null")
    start = f"<bpmn:extensionElements>{FORM}</bpmn:extensionElements>"
    declared = start.replace(FORM, f'{FORM}<keyturn:variable name="budget_fen"/>')
    assert [(f.code, f.params["name"]) for f in findings(line(start, gateway, asks))] == [
        ("variable_unknown", "budget_fen")
    ]
    assert findings(line(declared, gateway, asks)) == []
    assert findings(line(gateway, asks)) == []


def test_findings_carry_the_line_of_the_element() -> None:
    finding = next(f for f in findings(line('<bpmn:userTask id="it"/>')) if f.code == "form_missing")
    assert finding.line == 8


def test_files_of_one_deployment_see_each_other_and_one_bad_file_hides_nothing() -> None:
    caller = line('<bpmn:callActivity id="it" calledElement="called_process"/>')
    called = process(START, END, flow("f", "begin", "done"), key="called_process")
    files = {"a.bpmn": caller, "b.bpmn": called, "c.bpmn": b"<broken", "d.exe": b"MZ", "e.bpmn": called}
    told_by_file = {(f.resource, f.code) for f in check_resources(files, Wiring())}
    assert told_by_file == {
        ("c.bpmn", "xml_cut_off"),
        ("d.exe", "resource_kind_unknown"),
        ("e.bpmn", "process_key_twice"),
    }


def test_a_decision_table_with_an_unreadable_cell_is_refused_with_its_line() -> None:
    table = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="x">
<decision id="route" name="Route"><decisionTable id="t" hitPolicy="FIRST">
<input id="i"><inputExpression id="ie" typeRef="number"><text>amount</text></inputExpression></input>
<output id="o" name="who" typeRef="string"/>
<rule id="r1"><inputEntry id="c1"><text>&gt; 1 +</text></inputEntry><outputEntry id="c2"><text>"x"</text></outputEntry></rule>
</decisionTable></decision></definitions>"""
    found = check_resources({"route.dmn": table}, Wiring())
    assert [(f.code, f.element_id, f.line) for f in found if f.severity == ERROR] == [("feel_syntax", "c1", 5)]


def test_an_unreadable_expression_says_what_did_not_fit() -> None:
    script = extended("scriptTask", 'id="it"', '<keyturn:assign name="a" value="= )(( kind"/>')
    finding = next(f for f in findings(line(script)) if f.code == "feel_syntax")
    with speaking("en"):
        assert "“)”" in word(finding.code, finding.params)
