"""The description of the API: OpenAPI 3.1 for machines, a page for people."""

from __future__ import annotations

import re
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Blueprint, Response, jsonify, render_template

from webapp.api.endpoint import ENDPOINTS, Endpoint

pages = Blueprint("api_docs", __name__, url_prefix="/api/v1")
PROBLEMS = {
    "401": "No valid token",
    "403": "The token's owner may not do this",
    "404": "It does not exist, or lies outside what the owner may see",
    "409": "Somebody else was quicker; `detail` says who and when",
    "422": "Something sent is wrong; `fields` says what, field by field",
    "429": "Too many requests in a minute",
}


@pages.get("/openapi.json")
def openapi() -> Response:
    """The description for machines."""
    return jsonify(describe())


@pages.get("/docs")
def page() -> str:
    """The description for people."""
    groups: dict[str, list[Endpoint]] = {}
    for endpoint in ENDPOINTS:
        groups.setdefault(endpoint.tag, []).append(endpoint)
    return render_template("api/docs.html", groups=groups, spec=describe(), problems=PROBLEMS)


def describe() -> dict[str, Any]:
    """The OpenAPI document."""
    spec = APISpec(
        title="Keyturn",
        version="v1",
        openapi_version="3.1.0",
        plugins=[MarshmallowPlugin(schema_name_resolver=_name)],
        info={"description": "What the desks do, for other systems. Money is integer fen, instants are UTC."},
        servers=[{"url": "/api/v1"}],
        security=[{"token": []}],
    )
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    spec.components.schema(
        "Problem",
        {
            "type": "object",
            "properties": {
                name: {"type": kind}
                for name, kind in (
                    ("type", "string"), ("title", "string"), ("status", "integer"), ("detail", "string"),
                    ("code", "string"), ("fields", "object"), ("request_id", "string"),
                )
            },
        },
    )  # fmt: skip
    for endpoint in ENDPOINTS:
        spec.path(path=endpoint.path, operations={endpoint.method.lower(): _operation(endpoint)})
    return spec.to_dict()


def _name(schema: Any) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__.removesuffix("Schema")


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    parameters: list[Any] = [
        {"in": "path", "name": name, "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"\{(\w+)\}", endpoint.path)
    ]
    if endpoint.query is not None:
        parameters.append({"in": "query", "schema": endpoint.query})
    if endpoint.method == "POST":
        parameters.append(
            {
                "in": "header",
                "name": "Idempotency-Key",
                "schema": {"type": "string", "maxLength": 100},
                "description": "The same key again gets the first answer again; nothing is done twice.",
            }
        )
    done = {"description": "Done"}
    if endpoint.returns is not None:
        done["content"] = {endpoint.media: {"schema": endpoint.returns}}  # type: ignore[assignment]
    operation: dict[str, Any] = {
        "operationId": f"{endpoint.tag}_{endpoint.name}",
        "summary": endpoint.summary,
        "tags": [endpoint.tag],
        "parameters": parameters,
        "responses": {str(endpoint.status): done, **{code: _problem(text) for code, text in PROBLEMS.items()}},
    }
    if endpoint.body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": endpoint.body}}}
    return operation


def _problem(text: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": text, "content": content}
