"""Refusals of the REST API."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "body_not_json": N_("The body must be a JSON object with the content type application/json."),
    "api_value_invalid": N_("This value does not fit: %(detail)s"),
    "idempotency_key_too_long": N_("An idempotency key has at most %(most)s characters."),
    "idempotency_key_reused": N_("This idempotency key was used for another request. Use a new key."),
}
