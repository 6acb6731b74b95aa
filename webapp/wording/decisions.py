"""Findings about decision files, and what keeps a decision from being made, in an analyst's words."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "decision_file_too_big": N_("The file is larger than two megabytes. Split the decisions."),
    "decision_file_not_xml": N_(
        "The file is not well-formed XML (line %(line)s). Save it again from a DMN editor."
    ),
    "decision_file_entities": N_(
        "The file contains a document type or entities, which are refused. Save it again from a DMN editor."
    ),
    "decision_file_too_deep": N_("The file has too many or too deeply nested elements. Split the decisions."),
    "decision_file_not_dmn": N_("The file is XML but no DMN file. Export it as DMN 1.3."),
    "decision_not_found": N_("There is no decision “%(decision)s” in the file."),
    "decision_broken": N_(
        "The decision holds a text that is no FEEL (element %(element_id)s, line %(line)s). Deploy a corrected file."
    ),
    "decision_no_rule": N_("No rule of the table “%(decision)s” fits this case. Add a rule or a default output."),
    "decision_rules_overlap": N_(
        "Rules %(rules)s of the table “%(decision)s” fit at the same time, though only one may."
    ),
    "decision_unclear": N_(
        "The decision “%(decision)s” has no clear answer (%(reason)s). Look at the data and the table."
    ),
    "decision_type": N_("The value of “%(name)s” is not of the type %(type)s or not among its allowed values."),
    "decision_none": N_("The file holds no decision. Draw at least one."),
    "decision_import": N_(
        "The file imports another (%(name)s), which is not possible. Put everything into one file."
    ),
    "decision_duplicate": N_("The id or name “%(name)s” stands twice. Change one of them."),
    "decision_requirement_missing": N_(
        "The arrow comes from something that is not in the file (%(target)s). Draw it or remove the arrow."
    ),
    "decision_circle": N_("The decision “%(decision)s” requires itself. Remove an arrow of the circle."),
    "decision_unknown_name": N_(
        "Nothing brings the name “%(name)s” (in “%(text)s”). Draw an arrow from what it means, or correct it."
    ),
    "decision_unknown_type": N_("There is no type “%(type)s”. Define it in the file or choose another."),
    "decision_no_logic": N_("The element has no logic. Add a table or an expression."),
    "decision_language": N_("The logic is written in “%(found)s”. Write it in FEEL."),
    "decision_hit_policy": N_("The hit policy “%(found)s” does not exist. Choose one of: %(known)s."),
    "decision_aggregation": N_("The results cannot be added up so. Choose SUM, MIN, MAX or COUNT over numbers."),
    "decision_aggregation_place": N_(
        "%(found)s is only possible with COLLECT and a single output. Change the hit policy or remove it."
    ),
    "decision_no_output_values": N_(
        "%(hit_policy)s needs the allowed output values in their order. Write them into the output column."
    ),
    "decision_no_outputs": N_("The table has no output column. Add one."),
    "decision_no_rules": N_("The table has no rules. Add one."),
    "decision_output_names": N_("Each of several output columns needs a name of its own. Name them."),
    "decision_rule_shape": N_(
        "Rule %(rule)s does not have %(inputs)s inputs and %(outputs)s outputs. Draw it again."
    ),
    "decision_empty_output": N_("Rule %(rule)s leaves an output empty. Write a value, or null if that is meant."),
    "decision_output_not_allowed": N_(
        "The output of rule %(rule)s is not among the allowed values. Correct it or extend the allowed values."
    ),
    "decision_value_not_allowed": N_(
        "Rule %(rule)s asks for %(found)s, which is not allowed for “%(column)s”. Correct it or extend the allowed values."
    ),
    "decision_rule_impossible": N_(
        "Rule %(rule)s can never fit: no allowed value of “%(column)s” does. Correct or remove it."
    ),
    "decision_cell_type": N_(
        "Rule %(rule)s holds a %(found)s in a column of kind %(expected)s. Correct the cell."
    ),
    "decision_column_kinds": N_("The cells of the column “%(column)s” are of different kinds. Use one kind."),
    "decision_gap": N_("No rule covers: %(region)s. Add a rule or a default output."),
    "decision_overlap": N_(
        "Rules %(rules)s fit together at: %(region)s. Narrow one, or choose another hit policy."
    ),
    "decision_rules_differ": N_("Rules %(rules)s fit together and give different outputs. Make them agree."),
    "decision_rule_hidden": N_(
        "Rule %(rule)s never fires, since earlier rules take all its cases. Move it up or remove it."
    ),
    "decision_cell_unchecked": N_(
        "The cell of rule %(rule)s depends on other values (%(text)s), so gaps and overlaps cannot be told from it."
    ),
    "decision_too_complex": N_(
        "The table with %(rules)s rules has too many combinations to be looked through for gaps. Split it."
    ),
}
