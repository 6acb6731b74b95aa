"""Refusals about staff, roles, passwords, the organisation and its parameters."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "staff_missing": N_("There is no such member of staff, or the account lies outside what you may see."),
    "staff_invalid": N_("The account cannot be made like this. Check its fields."),
    "username_malformed": N_("A user name consists of small letters, digits, dots and hyphens."),
    "username_taken": N_("This user name is taken. Choose another one."),
    "language_unknown": N_("There is no such language. Choose one of these: %(languages)s."),
    "own_account": N_("You cannot deactivate your own account. Ask another administrator."),
    "role_invalid": N_("The role cannot be given like this. Check role, place and dates."),
    "role_dates_reversed": N_(
        "The role would end (%(to_date)s) before it begins (%(from_date)s). Correct the dates."
    ),
    "last_administrator": N_("Nobody else could manage staff afterwards. Make another administrator first."),
    "substitution_missing": N_("There is no such substitution, or it is not yours to end."),
    "substitution_invalid": N_("The substitution cannot be entered like this. Check persons and dates."),
    "substitute_is_self": N_("Nobody stands in for himself. Choose somebody else."),
    "substitution_dates_reversed": N_("It would end before it begins (%(from_date)s). Correct the dates."),
    "substitution_in_the_past": N_("It cannot begin before today (%(today)s)."),
    "substitution_too_long": N_("It lasts too long. Enter at most %(days)s days; it can be entered again."),
    "substitution_overlaps": N_(
        "%(substitute)s stands in from %(from_date)s to %(to_date)s already. Revoke that, or choose other days or"
        " processes."
    ),
    "substitute_is_away": N_(
        "%(substitute)s is away from %(from_date)s to %(to_date)s and has a substitute too. Choose somebody else."
    ),
    "principal_stands_in": N_(
        "This person stands in for %(person)s from %(from_date)s to %(to_date)s; nobody would do those tasks."
        " Revoke that first."
    ),
    "manager_invalid": N_("The line manager cannot be entered like this. Check person and day."),
    "manager_is_self": N_("Nobody reports to himself. Choose somebody else."),
    "manager_circle": N_("This person reports to the one below him then. Choose somebody else."),
    "manager_in_the_past": N_("It cannot begin before today (%(today)s)."),
    "fallback_invalid": N_("The post cannot be answered for like this. Check role and person."),
    "fallback_both": N_("Choose a role or a person, not both."),
    "fallback_is_itself": N_("A vacant post cannot answer for itself. Choose another role or a person."),
    "fallback_circle": N_("The posts would answer for each other in a circle. Choose another role or a person."),
    "fallback_person_elsewhere": N_(
        "This person does not work here and would not see the tasks. Choose somebody else."
    ),
    "post_still_vacant": N_(
        "Nobody holds the post yet. Give somebody the role first; then this closes by itself."
    ),
    "vacancy_missing": N_("There is no such vacant post."),
    "api_token_missing": N_("There is no such API token of yours. Look at the list of tokens again."),
    "password_refused": N_("This password cannot be used. Choose another one."),
    "password_too_short": N_("The password is too short. Use at least %(minimum)s characters."),
    "password_too_long": N_("The password is too long. Use at most %(maximum)s characters."),
    "password_too_simple": N_(
        "The password is too simple. Use at least five different characters and leave the user name out."
    ),
    "password_wrong": N_("The present password is wrong. Type it again."),
    "password_unchanged": N_("The new password is the old one. Choose another one."),
    "not_the_owner": N_("You may change only what is yours. Ask the consultant in charge or a manager."),
    "org_node_missing": N_("There is no such place in the organisation (%(node)s). Choose one from the tree."),
    "org_node_invalid": N_("The place cannot be made like this. Check its fields."),
    "org_code_taken": N_("The code is taken (%(path)s). Choose another one."),
    "org_code_malformed": N_("“%(given)s” is no code. Use small letters, digits and hyphens."),
    "org_kind_unknown": N_("There is no such kind of place. Choose one of these: %(kinds)s."),
    "org_kind_misplaced": N_(
        "A place of kind %(kind)s cannot stand below one of kind %(parent_kind)s. Choose another place above it."
    ),
    "zone_unknown": N_("There is no time zone “%(zone)s”. Write it like Asia/Shanghai."),
    "parameter_unknown": N_("There is no parameter “%(parameter)s”. Choose one from the list."),
    "parameter_invalid": N_("This value does not fit the parameter “%(parameter)s” (%(type)s). Correct it."),
    "parameter_out_of_range": N_(
        "The parameter “%(parameter)s” goes from %(minimum)s to %(maximum)s. Choose a value between them."
    ),
    "parameter_stale": N_("Somebody has just set this parameter too. Look at its value again and repeat."),
}
