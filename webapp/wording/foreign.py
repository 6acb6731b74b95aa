"""Findings about diagrams and files of other tools: how they are read here, what is not run, what is refused."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "file_is_empty": N_("The file is empty. Export the diagram again."),
    "file_is_no_xml": N_("The file is text but no diagram. Export it as BPMN 2.0 (.bpmn)."),
    "file_is_archive": N_(
        "The file is a packed archive (such as .zip, .vsdx or .xlsx). Unpack it, or export the diagram as BPMN 2.0."
    ),
    "file_is_office": N_(
        "The file is a document of an office program or of Visio. Export the diagram as BPMN 2.0."
    ),
    "file_is_picture": N_("The file is a picture or a PDF. Export the diagram itself as BPMN 2.0."),
    "file_is_json": N_("The file is JSON, not BPMN. Export the diagram as BPMN 2.0 (.bpmn)."),
    "file_is_page": N_(
        "The file is a web page, as when a download needed signing in. Download the diagram itself."
    ),
    "file_is_drawing": N_(
        "The file is a drawing of a general drawing tool. Draw it in a BPMN editor, or export it as BPMN 2.0."
    ),
    "file_is_decision": N_("The file is a decision table (DMN). Give its name the ending .dmn."),
    "file_is_case": N_("The file is a case model (CMMN), which is not run. Draw a BPMN process."),
    "file_is_xpdl": N_("The file is in an older process format (XPDL or BPEL). Export it as BPMN 2.0."),
    "bpmn_without_definitions": N_(
        "The file begins with a process instead of “definitions”, so its parts cannot be told apart. Export it again as BPMN 2.0."
    ),
    "rewritten_namespace": N_("The diagram is in an early form of BPMN (%(namespace)s). It is read as BPMN 2.0."),
    "rewritten_key": N_("The process id “%(old)s” is read as the key “%(key)s”."),
    "rewritten_prefixes": N_(
        "%(count)s references carry a prefix (such as “%(example)s”). They are read without it."
    ),
    "rewritten_flow_ids": N_("%(count)s arrows have no id. Each is read with one of its own (“%(example)s”)."),
    "rewritten_id": N_(
        "This element (%(kind)s) has no id. It is read as “%(id)s”; give it one of its own before you change the drawing."
    ),
    "rewritten_executable": N_(
        "The file does not say whether the process is executable. It is the only one, so it is read as executable."
    ),
    "rewritten_flow_end": N_(
        "The arrow does not say its %(end)s. It is read as connected to “%(node)s”, which names the arrow."
    ),
    "rewritten_nameless": N_("What is referred to (%(kind)s) has no name. Its id “%(name)s” is read as the name."),
    "rewritten_reference_by_name": N_(
        "The reference (%(kind)s) is by name. It is read as “%(name)s” of this file."
    ),
    "rewritten_reference_dangling": N_(
        "“%(name)s” (%(kind)s) is not declared in the file. It is read as the name itself."
    ),
    "rewritten_condition": N_("The condition “%(text)s” is read as “= %(feel)s”."),
    "rewritten_default": N_(
        "The only arrow without a condition after “%(gateway)s” is read as the default: it is taken when no other is."
    ),
    "rewritten_always": N_("The arrow after “%(gateway)s” has no condition. It is read as taken always."),
    "process_not_run": N_(
        "This process is drawn beside “%(key)s” and is not run. If it is to run, put it into a file of its own."
    ),
    "flow_to_no_step": N_(
        "The arrow is connected to “%(other)s” (%(kind)s), which is no step. Connect it to an activity, event or gateway."
    ),
    "flow_into_other_process": N_(
        "The arrow leads from one pool into another (“%(other)s”). Use a message between pools."
    ),
    "flow_across_border": N_(
        "The arrow crosses the border of a sub-process (to or from “%(other)s”). Connect the sub-process itself."
    ),
    "event_reference_dangling": N_(
        "The event refers to “%(reference)s”, which the file does not contain. Set what it waits for again."
    ),
    "element_lost": N_(
        "This element (%(kind)s) stands inside a %(inside)s, where nothing can run. Move it into the process."
    ),
    "foreign_condition": N_(
        "The condition “%(text)s” is written for another program. %(detail)s Write it as FEEL, such as “= amount > 100”."
    ),
    "uncertain_sign": N_("“%(found)s” has no certain meaning here."),
    "uncertain_end": N_("It ends in the middle or is in no known language."),
    "uncertain_call": N_("It calls “%(name)s”, which only that program knows."),
    "uncertain_name": N_("“%(name)s” cannot be the name of a variable here."),
    "uncertain_text_sum": N_("Languages join texts by “%(sign)s” in different ways."),
    "uncertain_remainder": N_("Languages work out the remainder (“%(sign)s”) in different ways."),
    "uncertain_order": N_("Two languages read it in different ways."),
    "uncertain_words": N_("It reads like words for people."),
    "uncertain_language": N_("Its language (%(language)s) is not understood."),
    "uncertain_too_long": N_("It is longer than %(most)s signs."),
    "uncertain_too_deep": N_("It is nested deeper than %(most)s levels."),
}
