# SPDX-License-Identifier: Apache-2.0
"""Open Badges 3.0 API, and CLR 2.0's: what a host that is read and written must answer.

Sections 6 and 7 of Open Badges 3.0, and the service provider rules of its certification guide.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from tests.fakes.application import CLR, EVERYTHING, OB, Application, Host, Learner, elsewhere, sealed
from tests.fakes.university import University

from gakusho.formats import format_named
from gakusho.holder import oauth_scopes
from gakusho.holder.oauth_scopes import BADGES, OFFLINE
from gakusho.model.report import Headline
from gakusho.model.text import Text
from gakusho.web.verify.judge import judge

requirement = pytest.mark.requirement
SHAPE = {"imsx_codeMajor", "imsx_severity", "imsx_description", "imsx_codeMinor"}


def is_status_info(answer: Any, status: int, minor: str) -> str:
    """Hold an answer to ``Imsx_StatusInfo``, and give its description."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    found = answer.json()
    assert set(found) == SHAPE
    assert (found["imsx_codeMajor"], found["imsx_severity"]) == ("failure", "error")
    (field,) = found["imsx_codeMinor"]["imsx_codeMinorField"]
    assert field["imsx_codeMinorFieldValue"] == minor, found
    return str(found["imsx_description"])


def links(answer: Any) -> dict[str, str]:
    """Give the query of each relation of the Link header."""
    found = re.findall(r'<https://desk\.sakura\.example/ims/ob/v3p0/credentials\?([^>]+)>; rel="(\w+)"',
                       answer.headers["link"])  # fmt: skip
    return {relation: query for query, relation in found}


# --- discovery --------------------------------------------------------------------------------------


@requirement("Open Badges 3.0 API 6.3", "the service description is public, and an OpenAPI 3.0 document")
@pytest.mark.parametrize("base", [OB, CLR])
def test_the_service_description(host: Host, base: str) -> None:
    answer = host.client.get(f"{base}/discovery")
    assert answer.status_code == 200
    document = answer.json()
    assert document["openapi"].startswith("3.0.")
    assert document["servers"] == [{"url": f"https://desk.sakura.example{base}"}]
    assert {"get", "post"} == set(document["paths"]["/credentials"])
    assert {"get", "put"} == set(document["paths"]["/profile"])
    referred = set(re.findall(r'"#/components/schemas/(\w+)"', answer.text))
    assert referred == set(document["components"]["schemas"])
    for operation in (one for path in document["paths"].values() for one in path.values()):
        assert {"operationId", "responses", "security"} <= set(operation)


@requirement("Open Badges 3.0 API 7.1.1", "the description says where to register, authorize and get tokens")
def test_the_security_scheme_leads_to_what_is_there(host: Host) -> None:
    document = host.client.get(f"{OB}/discovery").json()
    info = document["info"]
    for address in (info["termsOfService"], info["x-imssf-privacyPolicyUrl"], info["x-imssf-image"]):
        assert host.client.get(address).status_code == 200
    scheme = document["components"]["securitySchemes"]["OAuth2ACG"]
    assert scheme["type"] == "oauth2"
    flow = scheme["flows"]["authorizationCode"]
    assert [host.client.post(scheme["x-imssf-registrationUrl"], json={}).status_code] == [400]
    assert host.client.get(flow["authorizationUrl"]).status_code == 400
    assert {host.client.post(flow[name]).status_code for name in ("tokenUrl", "refreshUrl")} == {401}
    assert {BADGES + act for act in oauth_scopes.ACTS} < set(flow["scopes"])


@requirement("RFC 8414 3", "the metadata of the authorization server name every endpoint and PKCE with S256")
def test_the_metadata(host: Host) -> None:
    found = host.client.get("/.well-known/oauth-authorization-server").json()
    assert found["issuer"] == "https://desk.sakura.example"
    assert found["code_challenge_methods_supported"] == ["S256"]
    assert set(found["scopes_supported"]) == set(EVERYTHING.split())
    for name in ("token", "registration", "revocation"):
        assert host.client.post(found[f"{name}_endpoint"]).status_code in {400, 401}


# --- getCredentials ---------------------------------------------------------------------------------


@requirement("Open Badges 3.0 API 6.2.2", "getCredentials gives the learner's credentials, each verifiable")
def test_what_is_given_is_verifiable(host: Host, inside: Application, learner: Learner) -> None:
    answer = inside.get(f"{OB}/credentials")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert set(answer.json()) == {"credential", "compactJwsString"}
    (credential,) = answer.json()["credential"]
    assert credential["id"] == f"urn:uuid:{learner.award_id}"
    given = answer.content.partition(b'{"credential":[')[2].partition(b'],"compactJwsString"')[0]
    assert judge(host.pages.state, given).headline is Headline.VALID


@requirement("CLR 2.0 API 6.2", "getCredentials of the CLR interface gives the records, and no badges")
def test_records_and_badges_are_apart(host: Host, learner: Learner) -> None:
    app = host.inside(learner, scope=EVERYTHING)
    (badge,) = app.get(f"{OB}/credentials").json()["credential"]
    (record,) = app.get(f"{CLR}/credentials").json()["credential"]
    assert "ClrCredential" in record["type"]
    assert "ClrCredential" not in badge["type"]
    assert app.post(f"{CLR}/credentials", sealed("clr-2"), "application/json").status_code == 201
    assert app.get(f"{CLR}/credentials").headers["x-total-count"] == "2"
    assert app.get(f"{OB}/credentials").headers["x-total-count"] == "1"
    for base, other in ((OB, sealed("clr-2")), (CLR, sealed())):
        is_status_info(app.post(f"{base}/credentials", other, "application/json"), 400, "invalid_data")


@requirement(
    "Open Badges 3.0 API 6.4", "X-Total-Count tells how many there are; Link has first, last, next and prev"
)
def test_paging(inside: Application) -> None:
    only = inside.get(f"{OB}/credentials")
    assert only.headers["x-total-count"] == "1"
    assert links(only) == {"first": "limit=50&offset=0", "last": "limit=50&offset=0"}
    for number in range(1, 5):
        data = sealed("vc-jwt" if number % 2 else "open-badges-3", number=number)
        kind = "text/plain" if number % 2 else "application/json"
        assert inside.post(f"{OB}/credentials", data, kind).status_code == 201
    seen: list[Any] = []
    for offset, relations in ((0, "first last next"), (2, "first last next prev"), (4, "first last prev")):
        answer = inside.get(f"{OB}/credentials", limit=2, offset=offset)
        assert answer.headers["x-total-count"] == "5"
        assert set(links(answer)) == set(relations.split())
        assert links(answer)["last"] == "limit=2&offset=4"
        found = answer.json()
        seen += [*found["credential"], *found["compactJwsString"]]
    assert len(seen) == len({json.dumps(one) for one in seen}) == 5
    beyond = inside.get(f"{OB}/credentials", limit=2, offset=9)
    assert beyond.json() == {"credential": [], "compactJwsString": []}
    assert links(beyond) == {
        "first": "limit=2&offset=0",
        "last": "limit=2&offset=4",
        "prev": "limit=2&offset=4",
    }


@requirement("Open Badges 3.0 API 6.2.2", "since leaves out what was not issued after it")
def test_since(host: Host, inside: Application) -> None:
    issued = host.pages.made.clock.now
    early = sealed(valid_from=issued - timedelta(days=9))
    assert inside.post(f"{OB}/credentials", early, "application/json").status_code == 201

    def total(since: str) -> str:
        answer = inside.get(f"{OB}/credentials", since=since)
        assert answer.status_code == 200, answer.text
        return str(answer.headers["x-total-count"])

    stamps = [(issued + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ") for days in (-9, -10, -1, 0, 1)]
    assert [total(stamp) for stamp in stamps] == ["1", "2", "1", "0", "0"]
    assert total("2026-03-30T00:00:00 09:00") == total("2026-03-30T00:00:00+09:00") == "1"
    assert quote(stamps[2], safe="") in inside.get(f"{OB}/credentials", since=stamps[2]).headers["link"]


@requirement("Open Badges 3.0 API 6.2.2", "parameters that are not as described are 400")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("limit", value) for value in ("0", "-1", "x", "9" * 30, "１")],
        *[("offset", value) for value in ("-1", "1.5", "")],
        *[("since", value) for value in ("now", "2026-04-01", "2026-04-01T00:00:00", "2026-13-01T00:00:00Z")],
    ],
)
def test_unfit_parameters(shared: Application, name: str, value: str) -> None:
    is_status_info(shared.get(f"{OB}/credentials", **{name: value}), 400, "invalid_query_parameter")


# --- upsertCredential -------------------------------------------------------------------------------


@requirement("Open Badges 3.0 API 6.2.3", "a credential new to the host is answered with 201 and itself")
@requirement("Open Badges 3.0 certification", "what was sent is preserved: getCredentials gives it again")
@pytest.mark.parametrize("form", ["open-badges-3", "vc-jwt"])
def test_what_is_sent_is_preserved(inside: Application, form: str) -> None:
    data = sealed(form)
    kind = "text/plain" if form == "vc-jwt" else "application/json"
    answer = inside.post(f"{OB}/credentials", data, kind)
    assert answer.status_code == 201, answer.text
    assert answer.content == data
    assert answer.headers["content-type"].startswith(kind)
    assert data in inside.get(f"{OB}/credentials").content  # byte for byte


@requirement(
    "Open Badges 3.0 API 10",
    "the same issuer id and credential id, unescaped and trimmed, are one credential",
)
def test_a_newer_version_replaces(inside: Application) -> None:
    first = sealed()
    newer = sealed(valid_from=elsewhere().now, narrative="better said")
    for data, status in ((first, 201), (first, 200), (newer, 200), (newer, 200)):
        assert inside.post(f"{OB}/credentials", data, "application/json").status_code == status
    assert inside.get(f"{OB}/credentials").headers["x-total-count"] == "2"
    assert newer in inside.get(f"{OB}/credentials").content
    is_status_info(inside.post(f"{OB}/credentials", first, "application/json"), 403, "forbidden")
    assert newer in inside.get(f"{OB}/credentials").content
    of_another = sealed(seed=2)  # the same id, another issuer
    assert inside.post(f"{OB}/credentials", of_another, "application/json").status_code == 201


@requirement("Open Badges 3.0 certification", "only what is genuine is taken in")
def test_what_is_not_genuine_is_refused(inside: Application) -> None:
    data = sealed()
    plain = json.loads(data)
    unsigned = {name: value for name, value in plain.items() if name != "proof"}
    token = sealed("vc-jwt", number=2).decode()
    for body in (
        unsigned,
        {**plain, "name": "another name"},
        {**plain, "issuer": {**plain["issuer"], "id": elsewhere(2).did}},
        {"id": "urn:uuid:1", "type": ["VerifiableCredential", "OpenBadgeCredential"]},
        {},
        token[:-8] + "AAAAAAAA",
        "a.b.c",
    ):
        is_status_info(inside.post(f"{OB}/credentials", body), 400, "invalid_data")
    assert inside.get(f"{OB}/credentials").headers["x-total-count"] == "1"
    assert inside.post(f"{OB}/credentials", data, "application/json").status_code == 201  # untouched


@requirement("Open Badges 3.0 certification", "each of the elements in the returned list is verifiable")
def test_the_holders_copy_is_not_for_applications(inside: Application) -> None:
    university = University.with_document_key()  # nobody can be asked for its keys here: kept all the same
    university.now = elsewhere().now
    award = replace(university.award(), status=())
    [base] = format_named("open-badges-3-sd").write([award], university.sealing)
    assert inside.post(f"{OB}/credentials", base.data, "application/json").status_code == 201
    [given] = [one for one in inside.get(f"{OB}/credentials").json()["credential"] if one["id"] == award.id]
    held = json.loads(base.data)
    assert {**given, "proof": None} == {**held, "proof": None}
    assert given["proof"]["proofValue"] != held["proof"]["proofValue"]
    report = university.verify(json.dumps(given).encode())
    assert report.headline is Headline.VALID


@requirement(
    "Open Badges 3.0 API 6.2.3", "a body of another kind than its Content-Type, or too large, is 400"
)
def test_bodies_that_are_none(shared: Application) -> None:
    for body, kind in (
        (b"{}", "text/html"),
        (b"[]", "application/json"),
        (b'{"a":1,"a":2}', "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"{}", "text/plain"),
        (b"", "text/plain"),
        (b'{"x":"' + b"a" * 1_100_000 + b'"}', "application/json"),
    ):
        is_status_info(shared.post(f"{OB}/credentials", body, kind), 400, "invalid_data")


@requirement("Open Badges 3.0 API 6.2.3", "what this host's institutions issued is replaced by nobody else")
def test_what_is_of_this_host(host: Host, inside: Application) -> None:
    (own,) = inside.get(f"{OB}/credentials").json()["credential"]
    assert inside.post(f"{OB}/credentials", own).status_code == 200
    assert inside.get(f"{OB}/credentials").headers["x-total-count"] == "1"
    other = host.inside(host.learner())
    is_status_info(other.post(f"{OB}/credentials", own), 403, "forbidden")
    assert other.get(f"{OB}/credentials").headers["x-total-count"] == "1"


# --- profile ----------------------------------------------------------------------------------------


@requirement("Open Badges 3.0 API 6.2.4", "getProfile gives the learner's Profile")
@requirement("Open Badges 3.0 API 6.2.5", "putProfile replaces the whole Profile, and gives it")
def test_the_profile(inside: Application, learner: Learner) -> None:
    path = f"{OB}/profile"
    found = inside.get(path).json()
    assert found["type"] == ["Profile"]
    assert found["id"] == f"urn:uuid:{learner.person_id}"
    assert found["email"] == learner.email

    def put(body: Any) -> Any:
        return inside.client.put(path, json=body, headers=inside.bearer)

    changed = {**found, "name": "髙橋 花子", "phone": "111-222-3333", "url": "https://hanako.example/"}
    assert put(changed).json() == inside.get(path).json() == changed
    without = {name: value for name, value in changed.items() if name != "phone"}
    assert put(without).json() == inside.get(path).json() == without
    for unfit in (
        {"id": "urn:uuid:2"}, {"email": "chancellor@sakura.example"}, {"type": "Person"}, {"phone": 5},
        {"official": "yes"}, {"url": "javascript:alert(1)"}, {"url": "//["},
        {"name": "a\x00b"}, {"name": "x" * 201},
    ):  # fmt: skip
        is_status_info(put({**changed, **unfit}), 400, "invalid_data")
    is_status_info(put([]), 400, "invalid_data")
    is_status_info(
        inside.client.put(path, content=b"{}", headers={**inside.bearer, "Content-Type": "text/html"}),
        400,
        "invalid_data",
    )
    assert inside.get(path).json() == without


# --- tokens and scopes ------------------------------------------------------------------------------

OPERATIONS = [
    (base, method, path, act)
    for base in (OB, CLR)
    for method, path, act in (
        ("GET", "/credentials", oauth_scopes.READ),
        ("POST", "/credentials", oauth_scopes.UPSERT),
        ("GET", "/profile", oauth_scopes.READ_PROFILE),
        ("PUT", "/profile", oauth_scopes.WRITE_PROFILE),
    )
]


@requirement("Open Badges 3.0 API 6.2.1", "every operation needs an access token with its own scope")
@pytest.mark.parametrize("base", [OB, CLR])
def test_every_operation_needs_its_scope(host: Host, person: Learner, base: str) -> None:
    theirs = [one for one in OPERATIONS if one[0] == base]
    prefix = oauth_scopes.BADGES if base == OB else oauth_scopes.RECORDS
    for _, _, _, granted in theirs:
        app = host.inside(person, scope=f"{prefix}{granted} {OFFLINE}")
        for _, method, path, act in theirs:
            answer = app.client.request(method, base + path, headers=app.bearer)
            if act == granted:
                assert answer.status_code in {200, 400}, answer.text
                continue
            is_status_info(answer, 403, "forbidden")
            assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]
            assert prefix + act in answer.headers["www-authenticate"]
    other = OB if base == CLR else CLR
    is_status_info(app.client.get(f"{other}/credentials", headers=app.bearer), 403, "forbidden")


@requirement("Open Badges 3.0 API 7.1.3", "without a valid access token every operation is 401")
def test_without_a_token(host: Host, shared: Application) -> None:
    for base, method, path, _ in OPERATIONS:
        bad = {"Authorization": "Bearer 863DF0B10F5D432EB2933C2A37CD3135A7BB7B07A68F65D92"}
        basic, refresh = shared.basic, {"Authorization": f"Bearer {shared.tokens['refresh_token']}"}
        for headers in ({}, bad, basic, refresh, {"Authorization": "Bearer"}):
            answer = host.client.request(method, base + path, headers=headers)
            is_status_info(answer, 401, "unauthorizedrequest")
            assert answer.headers["www-authenticate"].startswith("Bearer ")


@requirement("Open Badges 3.0 API 6.2.2", "another method is 405, another address 404, as Imsx_StatusInfo")
def test_what_is_not_there(host: Host) -> None:
    answer = host.client.delete(f"{OB}/credentials")
    is_status_info(answer, 405, "not_allowed")
    assert answer.headers["allow"] == "GET, POST"
    is_status_info(host.client.post(f"{CLR}/discovery"), 405, "not_allowed")
    is_status_info(host.client.get(f"{OB}/assertions"), 404, "not_found")


def test_what_is_kept_is_shown_with_its_verdict_and_can_be_taken_out(
    inside: Application, learner: Learner
) -> None:
    data = sealed(achievement=replace(elsewhere().award().achievement, name=Text.of(en="Master of Tea")))
    assert inside.post(f"{OB}/credentials", data, "application/json").status_code == 201
    page = learner.browser.get("/wallet/apps").text
    assert "Master of Tea" in page
    assert "Master of Tea" in learner.browser.get("/wallet").text
    [path] = re.findall(r'href="(/wallet/received/[^"]+)"', page)
    shown = learner.browser.get(path).text
    assert "Master of Tea" in shown
    assert "verdict-" in shown
    assert learner.browser.get(f"{path}/download").content == data
    with zipfile.ZipFile(io.BytesIO(learner.browser.get("/wallet/archive").content)) as archive:
        assert data in [archive.read(name) for name in archive.namelist()]
    assert learner.browser.post(f"{path}/remove", follow_redirects=False).status_code == 303
    assert learner.browser.get(path).status_code == 404
    assert inside.get(f"{OB}/credentials").headers["x-total-count"] == "1"
