"""What can be wrong with files that are brought to the studio."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "files_too_many": N_("At most %(most)s files can be brought at once. Bring them in several rounds."),
    "file_name_twice": N_("Two files are called “%(name)s”. Leave one out."),
    "file_empty": N_("The file is empty. Save it again."),
    "file_larger_than": N_("The file is larger than %(most_mb)s MB. Split it."),
}
