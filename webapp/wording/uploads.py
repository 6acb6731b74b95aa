"""What can be wrong with files that are brought to the studio."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "attachment_kind.contract_scan": N_("Contract scan"),
    "attachment_kind.id_copy": N_("ID copy"),
    "attachment_kind.price_evidence": N_("Price evidence"),
    "attachment_kind.photo": N_("Photo"),
    "attachment_kind.other": N_("Other file"),
    "attachment_kind_missing": N_("Say what kind of file it is."),
    "attachment_kind_unknown": N_("There is no such kind of file. Choose one from the list: %(kinds)s."),
    "attachment_missing": N_("This file does not exist, was taken away, or is not yours to see."),
    "attachment_of_another": N_("Only %(added_by)s may take this file away."),
    "attachment_settled": N_("The step is done, and who decided saw this file. It stays."),
    "attachments_too_many": N_("A case holds at most %(most)s files. Take one away first."),
    "attachments_lacking": N_(
        "This step needs files that are not there yet: %(kinds)s. Attach them, then complete."
    ),
    "upload_missing": N_("Choose a file first."),
    "file_infected": N_("The file was not taken: the virus scanner found “%(found)s” in it."),
    "scan_unavailable": N_("The virus scanner does not answer, so no file is taken. Try again later."),
    "kept_file_missing": N_(
        "The content of this file is gone: it was taken away, or the customer's data were erased."
    ),
    "content_not_base64": N_("The content must be written in base64."),
    "files_too_many": N_("At most %(most)s files can be brought at once. Bring them in several rounds."),
    "file_name_twice": N_("Two files are called “%(name)s”. Leave one out."),
    "file_empty": N_("The file is empty. Save it again."),
    "file_larger_than": N_("The file is larger than %(most_mb)s MB. Split it."),
}
