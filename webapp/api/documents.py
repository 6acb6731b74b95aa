"""Papers as they were issued."""

from __future__ import annotations

from typing import Any

from flask import make_response

from ledger.documents.queries import load_content
from webapp.api.endpoint import Asked, endpoint


@endpoint("GET", "/documents/{document_id}", tag="documents", media="application/pdf")
def get_document(asked: Asked, document_id: str) -> Any:
    """Fetch a paper; its hash comes as the ETag."""
    document, content = load_content(asked.session, asked.actor, document_id)
    answer = make_response(content)
    answer.mimetype = document.media_type
    answer.headers["ETag"] = f'"{document.sha256}"'
    answer.headers["Content-Disposition"] = "attachment"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
