# SPDX-License-Identifier: Apache-2.0
"""The two services, and what each says of itself: a Service Description Document.

Open Badges 3.0, section 6.3; 1EdTech Security Framework 1.1, section 7.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gakusho.holder import oauth_scopes, received
from gakusho.version import __version__

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Service:
    """One of the interfaces, and what of a wallet it is about."""

    prefix: str
    title: str
    scopes: str
    """What each of its scopes begins with."""
    kind: str
    formats: tuple[str, ...]
    """Formats of ours it can carry, the one to give first."""
    credential: str
    """The class of its credentials."""
    answer: str
    """The class of what getCredentials gives."""
    specification: str
    schema: str
    """Where the JSON schemas of its classes begin."""

    def scope(self, act: str) -> str:
        """Give the scope an operation needs."""
        return self.scopes + act


BADGES = Service(
    prefix="/ims/ob/v3p0",
    title="Open Badges 3.0",
    scopes=oauth_scopes.BADGES,
    kind=received.BADGE,
    formats=("open-badges-3", "open-badges-3-sd", "vc-jwt"),
    credential="AchievementCredential",
    answer="GetOpenBadgeCredentialsResponse",
    specification="https://www.imsglobal.org/spec/ob/v3p0",
    schema="https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_",
)
RECORDS = Service(
    prefix="/ims/clr/v2p0",
    title="Comprehensive Learner Record 2.0",
    scopes=oauth_scopes.RECORDS,
    kind=received.RECORD,
    formats=("clr-2",),
    credential="ClrCredential",
    answer="GetClrCredentialsResponse",
    specification="https://www.imsglobal.org/spec/clr/v2p0",
    schema="https://purl.imsglobal.org/spec/clr/v2p0/schema/json/clr_v2p0_",
)
SERVICES = (BADGES, RECORDS)


def description(service: Service, public_url: str) -> Json:
    """Give the Service Description Document: the OpenAPI 3.0 document of this service."""
    return {
        "openapi": "3.0.1",
        "info": {
            "title": f"Gakusho: {service.title}",
            "description": f"The wallet of a learner over the API of {service.title}.",
            "version": __version__,
            "termsOfService": f"{public_url}/oauth/about#terms",
            "x-imssf-image": f"{public_url}/static/img/seal.svg",
            "x-imssf-privacyPolicyUrl": f"{public_url}/oauth/about#privacy",
        },
        "servers": [{"url": public_url + service.prefix}],
        "tags": [{"name": "OpenBadgeCredentials"}, {"name": "Profile"}, {"name": "Discovery"}],
        "paths": {
            "/credentials": {"get": _get_credentials(service), "post": _upsert(service)},
            "/profile": {
                "get": _operation(service, "getProfile", oauth_scopes.READ_PROFILE, _gives("Profile")),
                "put": {
                    **_operation(service, "putProfile", oauth_scopes.WRITE_PROFILE, _gives("Profile")),
                    "requestBody": {"required": True, "content": _json("Profile")},
                },
            },
            "/discovery": {
                "get": {
                    "tags": ["Discovery"],
                    "operationId": "getServiceDescription",
                    "summary": "getServiceDescription",
                    "responses": {
                        "200": {
                            "description": "This document.",
                            "content": {"application/json": {"schema": {"type": "object"}}},
                        },
                        "default": _failure(),
                    },
                    "security": [],
                }
            },
        },
        "components": {"securitySchemes": _security(service, public_url), "schemas": _schemas(service)},
    }


def _get_credentials(service: Service) -> Json:
    found = _operation(service, "getCredentials", oauth_scopes.READ, _gives(service.answer))
    found["responses"]["200"]["headers"] = {
        "X-Total-Count": {"description": "How many there are.", "schema": {"type": "integer"}},
        "Link": {"description": "first, last, next, prev (RFC 8288).", "schema": {"type": "string"}},
    }
    found["parameters"] = [
        _parameter("limit", {"type": "integer", "minimum": 1}),
        _parameter("offset", {"type": "integer", "minimum": 0}),
        _parameter("since", {"type": "string", "format": "date-time"}),
    ]
    return found


def _upsert(service: Service) -> Json:
    content = {**_json(service.credential), "text/plain": {"schema": _ref("CompactJws")}}
    gives = {
        "200": {"description": "It replaced its older version.", "content": content},
        "201": {"description": "It is new in the wallet.", "content": content},
    }
    found = _operation(service, "upsertCredential", oauth_scopes.UPSERT, gives)
    found["requestBody"] = {"required": True, "content": content}
    return found


def _parameter(name: str, schema: Json) -> Json:
    return {"name": name, "in": "query", "required": False, "schema": schema}


def _operation(service: Service, name: str, act: str, gives: Json) -> Json:
    refused = {status: _failure() for status in ("400", "401", "403", "404", "405", "500", "default")}
    return {
        "tags": ["Profile" if "Profile" in name else "OpenBadgeCredentials"],
        "operationId": name,
        "summary": name,
        "responses": {**gives, **refused},
        "security": [{"OAuth2ACG": [service.scope(act)]}],
    }


def _gives(name: str) -> Json:
    return {"200": {"description": name, "content": _json(name)}}


def _failure() -> Json:
    return {"description": "It was refused, with the reason.", "content": _json("Imsx_StatusInfo")}


def _json(name: str) -> Json:
    return {"application/json": {"schema": _ref(name)}}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _security(service: Service, public_url: str) -> Json:
    scopes = {service.scope(act): oauth_scopes.DESCRIPTIONS[act] for act in oauth_scopes.ACTS}
    return {
        "OAuth2ACG": {
            "type": "oauth2",
            "description": "OAuth 2.0 Authorization Code Grant authorization, with PKCE (S256)",
            "x-imssf-name": "Gakusho",
            "x-imssf-privacyPolicyUrl": f"{public_url}/oauth/about#privacy",
            "x-imssf-registrationUrl": f"{public_url}/oauth/register",
            "x-imssf-termsOfServiceUrl": f"{public_url}/oauth/about#terms",
            "flows": {
                "authorizationCode": {
                    "authorizationUrl": f"{public_url}/oauth/authorize",
                    "tokenUrl": f"{public_url}/oauth/token",
                    "refreshUrl": f"{public_url}/oauth/token",
                    "scopes": {
                        **scopes,
                        oauth_scopes.OFFLINE: "Permission to ask again without the learner.",
                    },
                }
            },
        }
    }


def _schemas(service: Service) -> Json:
    """Give the classes: those of the standard by where they are described, for they are long."""
    listed = {"type": "array", "items": _ref(service.credential)}
    tokens = {"type": "array", "items": _ref("CompactJws")}
    text = {"type": "string"}
    field = {
        "type": "object",
        "required": ["imsx_codeMinorFieldName", "imsx_codeMinorFieldValue"],
        "properties": {"imsx_codeMinorFieldName": text, "imsx_codeMinorFieldValue": text},
    }
    minor = {
        "type": "object",
        "required": ["imsx_codeMinorField"],
        "properties": {"imsx_codeMinorField": {"type": "array", "items": field}},
    }
    return {
        service.credential: _elsewhere(service, service.credential, ["@context", "id", "type", "issuer"]),
        "Profile": _elsewhere(service, "Profile", ["id", "type"]),
        "CompactJws": {"type": "string", "pattern": r"^[-A-Za-z0-9_]+\.[-A-Za-z0-9_]+\.[-A-Za-z0-9_]+$"},
        service.answer: {
            "type": "object",
            "properties": {"credential": listed, "compactJwsString": tokens},
        },
        "Imsx_StatusInfo": {
            "type": "object",
            "required": ["imsx_codeMajor", "imsx_severity"],
            "properties": {
                "imsx_codeMajor": {
                    "type": "string",
                    "enum": ["failure", "processing", "success", "unsupported"],
                },
                "imsx_severity": {"type": "string", "enum": ["error", "status", "warning"]},
                "imsx_description": text,
                "imsx_codeMinor": minor,
            },
        },
    }


def _elsewhere(service: Service, name: str, required: list[str]) -> Json:
    return {
        "type": "object",
        "required": required,
        "additionalProperties": True,
        "externalDocs": {"url": f"{service.schema}{name.lower()}_schema.json"},
    }
