"""BPMN's own words: which attributes an element may have, which parts may stand in it."""

from __future__ import annotations

_ACTIVITY = frozenset({"isForCompensation", "startQuantity", "completionQuantity", "default"})
_GATEWAY = frozenset({"gatewayDirection"})
_NONE: frozenset[str] = frozenset()

ATTRIBUTES: dict[str, frozenset[str]] = {
    "process": frozenset({"processType", "isClosed", "isExecutable", "definitionalCollaborationRef"}),
    "task": _ACTIVITY,
    "manualTask": _ACTIVITY,
    "userTask": _ACTIVITY | {"implementation"},
    "serviceTask": _ACTIVITY | {"implementation", "operationRef"},
    "sendTask": _ACTIVITY | {"implementation", "operationRef", "messageRef"},
    "receiveTask": _ACTIVITY | {"implementation", "operationRef", "messageRef", "instantiate"},
    "scriptTask": _ACTIVITY | {"scriptFormat"},
    "businessRuleTask": _ACTIVITY | {"implementation"},
    "callActivity": _ACTIVITY | {"calledElement"},
    "subProcess": _ACTIVITY | {"triggeredByEvent"},
    "transaction": _ACTIVITY | {"triggeredByEvent", "method"},
    "adHocSubProcess": _ACTIVITY | {"triggeredByEvent", "cancelRemainingInstances", "ordering"},
    "exclusiveGateway": _GATEWAY | {"default"},
    "inclusiveGateway": _GATEWAY | {"default"},
    "complexGateway": _GATEWAY | {"default"},
    "parallelGateway": _GATEWAY,
    "eventBasedGateway": _GATEWAY | {"instantiate", "eventGatewayType"},
    "startEvent": frozenset({"isInterrupting", "parallelMultiple"}),
    "endEvent": _NONE,
    "intermediateThrowEvent": _NONE,
    "intermediateCatchEvent": frozenset({"parallelMultiple"}),
    "boundaryEvent": frozenset({"parallelMultiple", "attachedToRef", "cancelActivity"}),
    "sequenceFlow": frozenset({"sourceRef", "targetRef", "isImmediate"}),
    "messageEventDefinition": frozenset({"messageRef"}),
    "signalEventDefinition": frozenset({"signalRef"}),
    "errorEventDefinition": frozenset({"errorRef"}),
    "escalationEventDefinition": frozenset({"escalationRef"}),
    "compensateEventDefinition": frozenset({"activityRef", "waitForCompletion"}),
    "timerEventDefinition": _NONE,
    "terminateEventDefinition": _NONE,
    "cancelEventDefinition": _NONE,
    "conditionalEventDefinition": _NONE,
    "linkEventDefinition": _NONE,
    "multiInstanceLoopCharacteristics": frozenset(
        {"isSequential", "behavior", "oneBehaviorEventRef", "noneBehaviorEventRef"}
    ),
    "standardLoopCharacteristics": frozenset({"testBefore", "loopMaximum"}),
    "conditionExpression": frozenset({"language", "evaluatesToTypeRef"}),
}
"""Attributes besides ``id`` and ``name`` of the elements that act."""

DRAWN_ONLY = frozenset({
    "documentation", "extensionElements", "laneSet", "dataObject", "dataObjectReference", "dataStoreReference",
    "textAnnotation", "association", "group", "property", "ioSpecification", "auditing", "monitoring", "incoming",
    "outgoing", "supports", "artifact", "categoryValueRef", "supportedInterfaceRef", "ioBinding", "dataInput",
    "dataOutput", "inputSet", "outputSet", "dataState", "rendering",
})  # fmt: skip
"""Parts of a process or step that are documentation or only describe data."""

TOLD_ELSEWHERE = frozenset({
    "dataInputAssociation", "dataOutputAssociation", "correlationSubscription", "resourceRole", "performer",
    "humanPerformer", "potentialOwner", "script", "conditionExpression", "multiInstanceLoopCharacteristics",
    "standardLoopCharacteristics", "eventDefinitionRef", "completionCondition", "activationCondition",
})  # fmt: skip
"""Parts that the other rules read or tell."""

NOT_RUN = frozenset({
    "choreographyTask", "subChoreography", "callChoreography", "event", "activity", "gateway", "flowNode",
    "implicitThrowEvent", "subConversation", "callConversation", "conversation",
})  # fmt: skip
"""Elements of BPMN that no process engine runs."""
