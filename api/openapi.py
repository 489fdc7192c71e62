"""The OpenAPI document: errors declared as problem documents, names of operations that stay."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from api.access import SCHEMES
from api.errors import MEDIA_TYPE
from api.schemas import Problem

DESCRIPTION: Final = """\
Pantau watches a wastewater plant and production machines.

Times are RFC 3339 with a zone; answers are in UTC. Lists are `{"items": […], "next": cursor or null}`. Every error
is a problem document (RFC 9457). People log in with `POST /api/v1/login`; programs send
`Authorization: Bearer …`. See `docs/api.md`.
"""
_MEANINGS: Final = {
    400: "Not HTTP as we understand it.",
    401: "Nobody we know is asking.",
    403: "The caller's role does not include this, or a change by session lacks its CSRF token.",
    404: "There is no such thing.",
    409: "It moved on, or stands against something else; `present` says where it is now.",
    413: "The body is larger than 1 MiB.",
    415: "The body is not JSON.",
    422: "The request is not valid; `errors` names the fields.",
    429: "Too many tries; `Retry-After` says how long to wait.",
    503: "A part is away for now; `Retry-After` says when to ask again.",
}

Responses = dict[int | str, dict[str, Any]]


def problems(*statuses: int) -> Responses:
    """The errors a route may answer with, for its declaration."""
    return {status: {"model": Problem, "description": _MEANINGS[status]} for status in sorted(statuses)}


READS: Final = problems(401, 403, 422, 503)
READS_ONE: Final = problems(401, 403, 404, 422, 503)
CHANGES: Final = problems(400, 401, 403, 404, 409, 413, 422, 503)


def operation_id(route: APIRoute) -> str:
    """The function's name: it stays when paths or tags change."""
    return route.name


def document(app: FastAPI) -> dict[str, Any]:
    """The document, made once and kept."""
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            tags=app.openapi_tags,
        )
        made.setdefault("components", {})["securitySchemes"] = SCHEMES
        for operations in made["paths"].values():
            for operation in operations.values():
                _as_problems(operation["responses"])
                if str(HTTPStatus.UNAUTHORIZED.value) in operation["responses"]:
                    operation["security"] = [{name: []} for name in SCHEMES]
        app.openapi_schema = made
    return app.openapi_schema


def _as_problems(responses: dict[str, Any]) -> None:
    for status, response in responses.items():
        if int(status) >= HTTPStatus.BAD_REQUEST:
            response["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
