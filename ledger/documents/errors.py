"""What can be wrong with papers, files and numbers."""

from __future__ import annotations

from kernel.errors import Invalid, KeyturnError, Missing


class DocumentMissing(Missing):
    """No such document, or outside the scope."""

    code = "document_missing"


class DocumentVoid(Invalid):
    """The paper was voided and cannot be printed."""

    code = "document_void"


class DocumentDamaged(KeyturnError):
    """The stored content no longer has the hash it was stored with; restore it from a backup."""

    code = "document_damaged"


class NumberTaken(Invalid):
    """Another paper of the kind carries this number."""

    code = "document_number_taken"


class NumberKindUnknown(Invalid):
    """Papers of this kind have no number range."""

    code = "number_kind_unknown"


class UploadRefused(Invalid):
    """A file is too large, of a kind that is not taken, or not what its name says; ``code`` tells which."""

    code = "upload_refused"


class KeptFileMissing(Missing):
    """There is no such content; it was taken away, or the customer's data were erased."""

    code = "kept_file_missing"
