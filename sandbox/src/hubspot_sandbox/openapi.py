"""The sandbox's API as an OpenAPI 3.1 document, made from its routes and from what each handler says of itself.

    document(app)       the document, served at `GET /_sandbox/openapi.json`
    endpoints(app)      every endpoint of the API with its promise, for the document and for COVERAGE.md
    undocumented(app)   handlers of the API that promise nothing yet; a house rule names them

It describes this sandbox and is written from its code; nothing of HubSpot's own documents is in it.
"""

import inspect
import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from hubspot_sandbox import __version__
from hubspot_sandbox.objects.catalogue import KINDS
from hubspot_sandbox.paths import DATED, PARAMETER, canonical, is_api
from hubspot_sandbox.surface import KEY, Says

Json = dict[str, Any]
LEGACY = ("v1", "v2", "v3", "v4")
KIND_PARAMETERS = ("object_type", "to_type", "from_type")
REFUSAL: Json = {"$ref": "#/components/responses/Refusal"}
LIMITED: Json = {"$ref": "#/components/responses/LimitReached"}
QUERY_SCHEMAS: dict[str, Json] = {
    "limit": {"type": "integer", "minimum": 1},
    "archived": {"type": "boolean"},
    "properties": {"type": "array", "items": {"type": "string"}},
    "propertiesWithHistory": {"type": "array", "items": {"type": "string"}},
    "associations": {"type": "array", "items": {"type": "string"}},
}


class Endpoint(msgspec.Struct, frozen=True):
    """One method of one path, in the form that routes use: `/crm/objects/{version}/{object_type}`."""

    method: str
    path: str
    handler: Any
    says: Says

    @property
    def versions(self) -> tuple[str, ...]:
        """The dated versions it answers to; of what only an old version has, that one."""
        dated = tuple(each for each in DATED if _exists(self.path, each))
        return dated or tuple(each for each in LEGACY if _exists(self.path, each))

    @property
    def legacy(self) -> tuple[str, ...]:
        """Older spellings of the same endpoint: `/crm/v3/objects/{object_type}`."""
        found = (_legacy(self.path, version) for version in LEGACY)
        return tuple(path for path in found if path)


def endpoints(app: Litestar) -> list[Endpoint]:
    """By path, then method."""
    found = [
        Endpoint(method, path, handler, handler.opt[KEY]) for method, path, handler in _routes(app) if KEY in handler.opt
    ]
    return sorted(found, key=lambda each: (each.path, each.method))


def undocumented(app: Litestar) -> list[str]:
    """`GET /crm/… (list_objects in hubspot_sandbox.objects.routes)` for each that has no `opt=says(...)`."""
    return sorted(
        f"{method} {path} ({handler.fn.__name__} in {handler.fn.__module__})"
        for method, path, handler in _routes(app)
        if KEY not in handler.opt
    )


def _routes(app: Litestar) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    for route in app.routes:
        if not isinstance(route, HTTPRoute) or not _of_api(route.path):
            continue
        for handler in route.route_handlers:
            for method in sorted(str(each) for each in handler.http_methods if each != "OPTIONS"):
                yield method, PARAMETER.sub(r"{\1}", route.path), handler


def _of_api(path: str) -> bool:
    """Pages and control plane are no part of the API."""
    tried = (canonical(_filled(path, version)) for version in (*DATED, *LEGACY))
    return not path.startswith("/_sandbox") and any(each is not None and is_api(each) for each in tried)


def _filled(path: str, version: str) -> str:
    return PARAMETER.sub(lambda found: version if found[1] == "version" else "1", path)


def _exists(path: str, version: str) -> bool:
    return "{version}" in path and canonical(_filled(path, version)) is not None


def _legacy(path: str, version: str) -> str:
    """Where the version stands in the older spelling: further ahead, or in the same place."""
    if not _exists(path, version):
        return ""
    parts = path.split("/")
    place, wanted = parts.index("{version}"), canonical(_filled(path, version))
    rest = parts[:place] + parts[place + 1 :]
    for index in range(1, place + 1):
        tried = "/".join([*rest[:index], version, *rest[index:]])
        if canonical(_filled(tried, version)) == wanted:
            return tried
    return ""


def document(app: Litestar) -> Json:
    """The whole document; msgspec's schemas of the bodies stand under `components`."""
    described = endpoints(app)
    bodies = [each.says.body for each in described if each.says.body is not None]
    schemas, components = msgspec.json.schema_components(bodies, ref_template="#/components/schemas/{name}")
    shapes = iter(schemas)
    paths: dict[str, Json] = {}
    for each in described:
        shape = next(shapes) if each.says.body is not None else None
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each, shape)
    return {
        "openapi": "3.1.0",
        "info": {"title": "HubSpot sandbox (not affiliated with HubSpot)", "version": __version__},
        "paths": paths,
        "components": {
            "schemas": {**components, "Refusal": _refusal(), "LimitReached": _limit_reached()},
            "responses": {name: _answer(name) for name in ("Refusal", "LimitReached")},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(each: Endpoint, shape: Json | None) -> Json:
    said = inspect.getdoc(each.handler.fn) or each.handler.fn.__name__.replace("_", " ")
    operation: Json = {
        "operationId": _operation_id(each),
        "tags": [area(each.path)],
        "description": said + (f"\n\nDiffers from HubSpot: {each.says.differs}" if each.says.differs else ""),
        "x-fidelity": each.says.fidelity,
        "x-source": each.says.source,
        "security": [] if each.says.open else [{"bearer": []}],
        "parameters": [*_path_parameters(each), *_query_parameters(each)],
        "responses": _responses(each),
    }
    return operation | _request_body(each.says, shape)


def _operation_id(each: Endpoint) -> str:
    """One handler may answer several paths, so the path is its name."""
    return "_".join([each.method.lower(), *re.findall(r"\w+", each.path)]).replace("-", "_")


def area(path: str) -> str:
    """`/crm/objects/{version}/…` is of `crm/objects`."""
    before = path.strip("/").split("/{")[0].split("/")
    return "/".join(before[:3])


def _path_parameters(each: Endpoint) -> list[Json]:
    return [
        {"name": name, "in": "path", "required": True, "schema": _path_schema(each, name)}
        for name in PARAMETER.findall(each.path)
    ]


def _path_schema(each: Endpoint, name: str) -> Json:
    if name == "version":
        return {"type": "string", "enum": list(each.versions)}
    if name in KIND_PARAMETERS:
        return {"type": "string", "enum": [word for kind in KINDS for word in (kind.name, kind.type_id)]}
    return {"type": "string", "minLength": 1}


def _query_parameters(each: Endpoint) -> list[Json]:
    return [
        {"name": name, "in": "query", "required": False, "schema": QUERY_SCHEMAS.get(name, {"type": "string"})}
        for name in each.says.query
    ]


def _request_body(says: Says, shape: Json | None) -> Json:
    content: Json = {}
    if shape is not None:
        content["application/json"] = {"schema": shape}
    if says.form:
        fields = {name: {"type": "string"} for name in says.form}
        content["application/x-www-form-urlencoded"] = {"schema": {"type": "object", "properties": fields}}
    return {"requestBody": {"required": True, "content": content}} if content else {}


def _responses(each: Endpoint) -> Json:
    """Success as the handler says, and the refusals that can occur. Scripted faults can answer anything."""
    answers: Json = {str(status): _success(status) for status in (each.handler.status_code, *each.says.answers)}
    answers |= dict.fromkeys(("400", "404"), REFUSAL)
    if not each.says.open:
        answers |= {"401": REFUSAL, "403": REFUSAL, "429": LIMITED}
        if each.method in ("POST", "PUT", "PATCH"):
            answers["409"] = REFUSAL
    return dict(sorted(answers.items()))


def _success(status: int) -> Json:
    phrase = HTTPStatus(status).phrase
    return {"description": phrase} if status == 204 else {"description": phrase, "content": {"application/json": {}}}


def _answer(name: str) -> Json:
    schema = {"$ref": f"#/components/schemas/{name}"}
    return {"description": f"{name}, in HubSpot's shape", "content": {"application/json": {"schema": schema}}}


def _refusal() -> Json:
    """`problems.HubSpotProblem` and `problems.OAuthRefusal`."""
    texts = ("status", "message", "correlationId", "category", "subCategory", "error", "error_description")
    return {
        "type": "object",
        "required": ["status", "message", "correlationId"],
        "properties": {name: {"type": "string", "minLength": 1} for name in texts}
        | {"errors": {"type": "array", "items": {"type": "object"}}, "context": {"type": "object"}},
    }


def _limit_reached() -> Json:
    texts = ("status", "message", "errorType", "correlationId", "policyName", "groupName", "requestId")
    return {
        "type": "object",
        "required": ["status", "message", "errorType"],
        "properties": {name: {"type": "string"} for name in texts},
    }
