"""Small diagrams for tests, written as lines of BPMN."""

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:keyturn="https://keyturn.example/schema/bpmn/1.0" targetNamespace="https://keyturn.example/test">
"""


def process(*elements: str, outside: str = "", key: str = "lead_intake", executable: str = "true") -> bytes:
    """A file with one process holding the given elements."""
    body = "\n".join(elements)
    return (
        f'{HEAD}{outside}\n<bpmn:process id="{key}" name="Lead intake" isExecutable="{executable}">\n{body}\n'
        "</bpmn:process></bpmn:definitions>"
    ).encode()


def flow(flow_id: str, source: str, target: str, condition: str = "") -> str:
    """A sequence flow, with a condition if given."""
    inner = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
    return (
        f'<bpmn:sequenceFlow id="{flow_id}" sourceRef="{source}" targetRef="{target}">{inner}</bpmn:sequenceFlow>'
    )


def extended(tag: str, attributes: str, *extensions: str) -> str:
    """An element with extension elements."""
    inside = "".join(extensions)
    return f"<bpmn:{tag} {attributes}><bpmn:extensionElements>{inside}</bpmn:extensionElements></bpmn:{tag}>"
