"""The studio: reading definitions, and deploying files of which none may have an error."""

from __future__ import annotations

from io import BytesIO

import pytest

from tests.webapp.inbox.conftest import DIAGRAM, Desk, desk
from webapp.definitions import shipped_resources

__all__ = ["desk"]

FORM = b'{"type": "default", "components": [{"type": "rocket", "key": "a", "label": "A"}]}'


def files(**contents: bytes) -> dict[str, object]:
    """Files as a browser sends them; ``__`` in a name stands for a dot."""
    return {"files": [(BytesIO(content), name.replace("__", ".")) for name, content in contents.items()]}


def test_the_studio_does_not_exist_for_who_may_not_view_definitions(desk: Desk, browser_of) -> None:
    manager = browser_of("sales_manager")
    for address in ("/studio/", "/studio/deploy", "/studio/process/booking_to_contract"):
        assert manager.get(address).status_code == 404
    sent = manager.post("/studio/deploy", files(a__bpmn=DIAGRAM), page="/inbox")
    assert sent.status_code == 404
    assert manager.get("/studio/process/booking_to_contract/1/file").status_code == 404


def test_a_process_is_shown_with_its_versions_and_its_file(desk: Desk, browser_of) -> None:
    analyst = browser_of("business_analyst", path="/kt/")
    assert "booking_to_contract" in analyst.get("/studio/").text
    page = analyst.get("/studio/process/booking_to_contract").text
    assert "/studio/process/booking_to_contract/1/file" in page
    assert analyst.get("/studio/process/booking_to_contract/1/file").data == DIAGRAM
    assert analyst.get("/studio/process/nothing").status_code == 404
    assert analyst.get("/studio/table/booking_to_contract").status_code == 404


def test_a_decision_is_shown_as_its_table(browser_of) -> None:
    analyst = browser_of("business_analyst", path="/kt/")
    table = {name: content for name, content in shipped_resources().items() if name.endswith(".dmn")}
    sent = {"files": [(BytesIO(content), name) for name, content in table.items()]}
    assert analyst.post("/studio/deploy", sent).status_code in (200, 302)
    page = analyst.get("/studio/decision/approval_matrix").text
    assert "sales_manager" in page
    assert "hit policy FIRST" in page
    analyst.post("/language", {"language": "zh"}, page="/studio/")
    assert "审批权限表" in analyst.get("/studio/").text
    assert "折扣（基点）" in analyst.get("/studio/decision/approval_matrix").text


def test_a_changed_file_becomes_a_new_version_and_an_unchanged_one_does_not(desk: Desk, browser_of) -> None:
    analyst = browser_of("business_analyst", path="/kt/")
    same = analyst.post("/studio/deploy", files(booking_to_contract__bpmn=DIAGRAM), follow_redirects=True)
    assert "keeps its version" in same.text
    changed = DIAGRAM.replace(b'name="Decide"', b'name="Judge"')
    sent = files(booking_to_contract__bpmn=changed)
    done = analyst.post("/studio/deploy", {**sent, "note": "clearer words"}, follow_redirects=True)
    assert "1 definition has a new version." in done.text
    page = analyst.get("/studio/process/booking_to_contract").text
    assert "clearer words" in page
    assert analyst.get("/studio/process/booking_to_contract/2/file").data == changed


WRONG = {
    "no_xml__bpmn": (b"PK\x03\x04 not xml", "packed archive"),
    "entities__bpmn": (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "document type or entities"),
    "picture__png": (b"\x89PNG", "neither a diagram"),
    "empty__bpmn": (b"", "The file is empty"),
    "form__json": (FORM, "rocket"),
    "no_form__json": (b"\xff\xfe", "UTF-8"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_named_and_nothing_is_deployed(desk: Desk, browser_of, name: str) -> None:
    content, words = WRONG[name]
    analyst = browser_of("business_analyst", path="/kt/")
    changed = DIAGRAM.replace(b'name="Decide"', b'name="Judge"')
    answer = analyst.post("/studio/deploy", files(**{name: content, "booking_to_contract__bpmn": changed}))
    assert answer.status_code == 422
    assert words in answer.text
    assert "Nothing was deployed" in answer.text
    assert analyst.get("/studio/process/booking_to_contract/2/file").status_code == 404


def test_a_mistake_in_a_diagram_is_told_by_element_and_line_in_the_readers_language(
    desk: Desk, browser_of
) -> None:
    analyst = browser_of("business_analyst", path="/kt/")
    broken = DIAGRAM.replace(b'form="approval/decide"', b'form="approval/nothing"')
    answer = analyst.post("/studio/deploy", files(booking_to_contract__bpmn=broken)).text
    line = broken[: broken.index(b"approval/nothing")].count(b"\n") + 1
    assert "Decide" in answer
    assert f"line {line}" in answer
    assert "approval/nothing" in answer
    analyst.post("/language", {"language": "zh"}, page="/studio/")
    assert f"第 {line} 行" in analyst.post("/studio/deploy", files(booking_to_contract__bpmn=broken)).text


def test_checking_alone_deploys_nothing(desk: Desk, browser_of) -> None:
    analyst = browser_of("business_analyst", path="/kt/")
    changed = DIAGRAM.replace(b'name="Decide"', b'name="Judge"')
    answer = analyst.post("/studio/deploy", {**files(booking_to_contract__bpmn=changed), "check": "1"})
    assert "The files have no errors" in answer.text
    assert analyst.get("/studio/process/booking_to_contract/2/file").status_code == 404
    assert analyst.post("/studio/deploy", {}).status_code == 422


FOREIGN = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:other="http://example.org/other"
 xmlns:camunda="http://camunda.org/schema/1.0/bpmn"><process id="Sign-Papers" name="Sign">
<userTask id="sign" name="Sign" camunda:formKey="approval/decide" camunda:candidateGroups="sales_manager" other:cost="3"/>
<sequenceFlow sourceRef="begin" targetRef="sign"/><startEvent id="begin"/></process></definitions>"""


def test_a_diagram_of_another_tool_is_offered_as_it_is_read_and_kept_as_it_came(desk: Desk, browser_of) -> None:
    analyst = browser_of("business_analyst", path="/kt/")
    offered = analyst.post("/studio/deploy", {**files(sign__bpmn=FOREIGN), "check": "1"}).text
    assert "can be deployed as they are read here" in offered
    assert "Read as" in offered
    assert "sign_papers" in offered
    done = analyst.post("/studio/deploy", files(sign__bpmn=FOREIGN)).text
    assert "Deployed, with remarks" in done
    assert analyst.get("/studio/process/sign_papers/1/file").data == FOREIGN
    analyst.post("/language", {"language": "zh"}, page="/studio/")
    told = analyst.post("/studio/deploy", {**files(sign__bpmn=FOREIGN), "check": "1"}).text
    assert "改读" in told
    assert "保留在文件中" in told


def test_a_file_in_another_encoding_is_shown_as_text_and_saved_as_it_came(desk: Desk, browser_of) -> None:
    wide = f'<?xml version="1.0" encoding="UTF-16"?>{FOREIGN.decode().replace("Sign-Papers", "wide").replace("Sign", "签")}'
    content = wide.encode("utf-16")
    analyst = browser_of("business_analyst", path="/kt/")
    assert analyst.post("/studio/deploy", files(wide__bpmn=content)).status_code == 200
    shown = analyst.get("/studio/process/wide/1/file")
    assert 'name="签"' in shown.data.decode("utf-8")
    assert analyst.get("/studio/process/wide/1/file?save=1").data == content


def test_a_role_that_does_not_exist_is_found_before_it_waits_for_nobody(desk: Desk, browser_of) -> None:
    unknown = DIAGRAM.replace(b'candidateGroups="sales_manager"', b'candidateGroups="sales_boss"')
    answer = browser_of("business_analyst", path="/kt/").post(
        "/studio/deploy", files(booking_to_contract__bpmn=unknown)
    )
    assert "sales_boss" in answer.text
