# SPDX-License-Identifier: Apache-2.0
"""VC Data Model 2.0: what an issuer writes and refuses, as the W3C's test suite asks over the VC-API."""

from __future__ import annotations

from typing import Any

import pytest
from tests.fakes.endpoint import Endpoint

V2 = "https://www.w3.org/ns/credentials/v2"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
EX = "https://example.org/examples#"
requirement = pytest.mark.requirement
Json = dict[str, Any]


def accepts(endpoint: Endpoint, **members: Any) -> Json:
    """Issue, and let the proof be verified."""
    issued = endpoint.issued(endpoint.credential(**members))
    answer = endpoint.verify_proof(issued)
    assert answer.status_code == 200, answer.text
    return issued


def refuses(endpoint: Endpoint, **members: Any) -> None:
    answer = endpoint.issue(endpoint.credential(**members))
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


# --- 1.3 conformance -------------------------------------------------------------------------------


@requirement("VCDM2 1.3", "a conforming document is secured by at least one securing mechanism")
@requirement("VCDM2 1.3", "an issuer secures the conforming documents it produces")
def test_what_is_issued_is_secured(endpoint: Endpoint) -> None:
    issued = accepts(endpoint)
    assert issued["proof"]["type"] == "DataIntegrityProof"


@requirement("VCDM2 1.3", "an issuer includes all required properties")
def test_what_is_issued_has_all_that_is_required(endpoint: Endpoint) -> None:
    issued = accepts(endpoint)
    assert {"@context", "type", "issuer", "credentialSubject", "proof"} <= issued.keys()


@requirement("VCDM2 1.3", "a verifier verifies a conforming document")
def test_what_is_issued_verifies_in_full(endpoint: Endpoint) -> None:
    answer = endpoint.verify(accepts(endpoint))
    assert answer.status_code == 200, answer.text


@requirement("VCDM2 1.3", "a verifier produces errors when a document does not conform")
def test_what_does_not_conform_is_an_error(endpoint: Endpoint) -> None:
    document = {"type": ["NonconformingDocument"]}
    for answer in (endpoint.verify_proof(document), endpoint.verify_vp(document)):
        assert answer.status_code == 400
        assert answer.json()["verified"] is False


@requirement("VCDM2 7.1", "a verifier runs the verification algorithm: what was not secured is refused")
def test_what_was_not_secured_is_not_verified(endpoint: Endpoint) -> None:
    assert endpoint.verify_proof(endpoint.credential()).status_code == 400


# --- 4.3 contexts ----------------------------------------------------------------------------------


@requirement("VCDM2 4.3", "a verifiable credential includes a @context")
def test_a_credential_has_a_context(endpoint: Endpoint) -> None:
    assert isinstance(accepts(endpoint)["@context"], list)
    refuses(endpoint, **{"@context": ...})


@requirement("VCDM2 4.3", "the first item of a credential's @context is the base context")
@pytest.mark.parametrize(
    "context", [[EXAMPLES], [EXAMPLES, V2], [], V2.removesuffix("2"), {"name": "ex:name"}, 4, None]
)
def test_the_base_context_stands_first(endpoint: Endpoint, context: Any) -> None:
    assert accepts(endpoint, **{"@context": [V2, EXAMPLES]})["@context"][0] == V2
    refuses(endpoint, **{"@context": context})


@requirement("VCDM2 4.3", "further items of @context are URLs and objects that are processable contexts")
@pytest.mark.parametrize(
    ("further", "more"),
    [
        ([EXAMPLES], {}),
        (
            [{"ExampleCredential": f"{EX}ExampleCredential"}],
            {"type": ["VerifiableCredential", "ExampleCredential"]},
        ),
    ],
)
def test_further_contexts_are_followed(endpoint: Endpoint, further: list[Any], more: Json) -> None:
    accepts(endpoint, **{"@context": [V2, *further]}, **more)


@requirement("VCDM2 4.3", "an item of @context that is no context is refused")
@pytest.mark.parametrize(
    "further", ["https ://not-a-url/contexts/1", "https://unknown.example", 192875, False]
)
def test_what_is_no_context_is_refused(endpoint: Endpoint, further: object) -> None:
    refuses(endpoint, **{"@context": [V2, further]})


# --- 4.4 identifiers -------------------------------------------------------------------------------


@requirement("VCDM2 4.4", "an id, if present, is a single URL")
@pytest.mark.parametrize(
    "identifier", ["https://a.example/1", "did:example:1", "urn:uuid:a7e0c62e-5f8b-4f1e-9b1f-000000000001"]
)
def test_an_id_is_one_url(endpoint: Endpoint, identifier: str) -> None:
    accepts(endpoint, id=identifier)
    accepts(endpoint, credentialSubject={"id": identifier})


@requirement("VCDM2 4.4", "an id that is no single URL is refused")
@pytest.mark.parametrize(
    "identifier", [None, 1, "not a url", ["https://a.example/1", "https://a.example/2"], {}]
)
def test_an_id_that_is_no_url_is_refused(endpoint: Endpoint, identifier: object) -> None:
    refuses(endpoint, id=identifier)
    refuses(endpoint, credentialSubject={"id": identifier})


# --- 4.5 types -------------------------------------------------------------------------------------


@requirement("VCDM2 4.5", "a credential has a type")
@requirement("VCDM2 4.5", "a credential's types name VerifiableCredential")
@pytest.mark.parametrize("kind", [..., [], ["https://example.org/#Example"], "Example", 4, [4], [None], None])
def test_a_credential_without_its_type_is_refused(endpoint: Endpoint, kind: object) -> None:
    refuses(endpoint, type=kind)


@requirement("VCDM2 4.5", "a type is a term or an absolute URL")
def test_a_type_is_a_term_or_a_url(endpoint: Endpoint) -> None:
    accepts(endpoint, type=["VerifiableCredential", "https://example.org/#Example"])
    mapped = {"ExampleTestCredential": "https://example.org/#ExampleTestCredential"}
    kinds = ["VerifiableCredential", "ExampleTestCredential"]
    accepts(endpoint, **{"@context": [V2, mapped]}, type=kinds)
    not_url = {"ExampleTestCredential": "https ://not-a-url#ExampleTestCredential"}
    refuses(endpoint, **{"@context": [V2, not_url]}, type=kinds)
    refuses(endpoint, type=kinds)


@requirement("VCDM2 4.5", "the order of several types does not matter")
def test_the_order_of_types_does_not_matter(endpoint: Endpoint) -> None:
    one, two = "https://example.org/#Example1", "https://example.org/#Example2"
    accepts(endpoint, type=[one, two, "VerifiableCredential"])
    accepts(endpoint, type=[two, "VerifiableCredential", one])


@requirement("VCDM2 4.5", "status, terms of use, evidence, refresh service and schema each have a type")
@pytest.mark.parametrize(
    "member", ["credentialStatus", "termsOfUse", "evidence", "refreshService", "credentialSchema"]
)
def test_what_extends_a_credential_has_a_type(endpoint: Endpoint, member: str) -> None:
    context = [V2, {"ExampleKind": f"{EX}ExampleKind"}]
    accepts(endpoint, **{"@context": context, member: {"id": "did:example:1", "type": "ExampleKind"}})
    for broken in (
        {"id": "did:example:1"},
        {"id": "did:example:1", "type": 2},
        {"id": "did:example:1", "type": []},
    ):
        refuses(endpoint, **{"@context": context, member: broken})


# --- 4.6 names and descriptions, 11.1 language -----------------------------------------------------

GOOD_TEXTS: list[Any] = [
    ...,
    "Dog",
    {"@value": "Dog", "@language": "en"},
    {"@value": "Dog", "@language": "en", "@direction": "ltr"},
    [{"@value": "Dog", "@language": "en"}, {"@value": "Chien", "@language": "fr"}],
]
EXTRA = {"@value": "Dog", "@language": "en", "url": "did:example:dog"}


@requirement("VCDM2 4.6", "a credential's name and description are text or language value objects")
@pytest.mark.parametrize("member", ["name", "description"])
def test_texts_of_a_credential(endpoint: Endpoint, member: str) -> None:
    for text in GOOD_TEXTS:
        accepts(endpoint, **{member: text})
    refuses(endpoint, **{member: EXTRA})


@requirement("VCDM2 4.6", "an issuer's name and description are text or language value objects")
@pytest.mark.parametrize("member", ["name", "description"])
def test_texts_of_an_issuer(endpoint: Endpoint, member: str) -> None:
    for text in GOOD_TEXTS:
        more = {} if text is ... else {member: text}
        accepts(endpoint, issuer={"id": endpoint.issuer, **more})
    refuses(endpoint, issuer={"id": endpoint.issuer, member: EXTRA})


# --- 4.7 issuer, 4.8 subject -----------------------------------------------------------------------


@requirement("VCDM2 4.7", "a credential has an issuer")
def test_a_credential_has_an_issuer(endpoint: Endpoint) -> None:
    assert accepts(endpoint)["issuer"] == endpoint.issuer
    refuses(endpoint, issuer=...)


@requirement("VCDM2 4.7", "an issuer is a URL, or an object whose id is one")
@pytest.mark.parametrize("issuer", [None, "not-url", {"id": None}, {"id": "not-url"}, {}, 4, []])
def test_an_issuer_that_is_no_url_is_refused(endpoint: Endpoint, issuer: object) -> None:
    accepts(endpoint, issuer={"id": endpoint.issuer})
    refuses(endpoint, issuer=issuer)


@requirement("VCDM2 4.8", "a credential has a credentialSubject")
@requirement("VCDM2 4.8", "each subject is an object of which something is claimed")
@pytest.mark.parametrize(
    "subject", [..., {}, [], None, True, 4, "did:example:1", [{"id": "did:example:1"}, {}]]
)
def test_a_subject_of_which_nothing_is_claimed_is_refused(endpoint: Endpoint, subject: object) -> None:
    accepts(endpoint, credentialSubject=[{"id": "did:example:1"}, {"id": "did:example:2"}])
    refuses(endpoint, credentialSubject=subject)


# --- 4.9 validity ----------------------------------------------------------------------------------


@requirement("VCDM2 4.9", "validFrom and validUntil are dateTimeStamps")
@pytest.mark.parametrize("member", ["validFrom", "validUntil"])
def test_times_are_date_time_stamps(endpoint: Endpoint, member: str) -> None:
    for good in (
        "2023-02-25T19:10:39Z",
        "2023-02-25T19:10:39.123Z",
        "2023-02-25T19:10:39-06:00",
        "9999-01-01T00:00:00Z",
    ):
        accepts(endpoint, **{member: good})
    for bad in (
        "2023-02-25",
        "2023-02-25T19:10:39",
        "2023-02-25 19:10:39Z",
        "2023-02-30T19:10:39Z",
        "[yesterday]",
        20230225,
    ):
        refuses(endpoint, **{member: bad})


@requirement("VCDM2 4.9", "validFrom is not later than validUntil")
@requirement("VCDM2 4.9", "validUntil is not earlier than validFrom")
def test_it_ends_after_it_begins(endpoint: Endpoint) -> None:
    accepts(endpoint, validFrom="2025-01-01T00:00:00Z", validUntil="2027-01-01T00:00:00Z")
    accepts(endpoint, validFrom="2025-01-01T00:00:00Z", validUntil="2025-01-01T09:00:00+09:00")
    refuses(endpoint, validFrom="2027-01-01T00:00:00Z", validUntil="2025-01-01T00:00:00Z")


# --- 4.10 status, 4.11 schemas ---------------------------------------------------------------------


@requirement("VCDM2 4.10", "a status needs no id; an id it has is a single URL")
def test_the_id_of_a_status(endpoint: Endpoint) -> None:
    context = [V2, {"ExampleStatus": f"{EX}ExampleStatus"}]
    accepts(endpoint, **{"@context": context}, credentialStatus={"type": "ExampleStatus"})
    for bad in (["https://a.example/1", "https://a.example/2"], "not-url", 4):
        status = {"id": bad, "type": "ExampleStatus"}
        refuses(endpoint, **{"@context": context}, credentialStatus=status)


@requirement("VCDM2 4.10", "a status has a type")
def test_the_type_of_a_status(endpoint: Endpoint) -> None:
    context = [V2, {"ExampleStatus": f"{EX}ExampleStatus"}]
    accepts(
        endpoint, **{"@context": context}, credentialStatus={"id": "did:example:1", "type": "ExampleStatus"}
    )
    for bad in (..., 2, "not a term"):
        status = {"id": "did:example:1"} if bad is ... else {"id": "did:example:1", "type": bad}
        refuses(endpoint, **{"@context": context}, credentialStatus=status)


@requirement("VCDM2 4.11", "one or several schemas may be named")
def test_schemas(endpoint: Endpoint) -> None:
    kind = "https://example.org/#ExampleTestSuiteSchema"
    schemas = [{"type": kind, "id": f"did:example:schemas/{number}"} for number in (1, 2)]
    accepts(endpoint, credentialSchema=schemas[0])
    accepts(endpoint, credentialSchema=schemas)


@requirement("VCDM2 4.11", "each schema has a type, and an id that is a URL")
@pytest.mark.parametrize(
    "schema",
    [
        {"id": "did:example:1"},
        {"type": f"{EX}S"},
        {"type": f"{EX}S", "id": "not-url"},
        {"type": f"{EX}S", "id": 4},
    ],
)
def test_a_schema_without_type_or_id_is_refused(endpoint: Endpoint, schema: Json) -> None:
    refuses(endpoint, credentialSchema=schema)


# --- 5 advanced concepts ---------------------------------------------------------------------------


@requirement("VCDM2 5.2", "a context that redefines a protected term is an error")
def test_a_protected_term_is_not_redefined(endpoint: Endpoint) -> None:
    refuses(endpoint, **{"@context": [V2, {"VerifiableCredential": "https://example.org/#Bad"}]})
    own = {"@protected": True, "ExampleCredential": f"{EX}ExampleCredential"}
    kinds = ["VerifiableCredential", "ExampleCredential"]
    accepts(endpoint, **{"@context": [V2, own]}, type=kinds)
    refuses(endpoint, **{"@context": [V2, own, {"ExampleCredential": f"{EX}Bad"}]}, type=kinds)


# The digests of https://www.w3.org/ns/credentials/v2: appendix B.1, and the same in other spellings.
SRI = "sha384-l/HrjlBCNWyAX91hr6LFV2Y3heB5Tcr6IeE4/Tje8YyzYBM8IhqjHWiWpr8+ZbYU"
BARE = "uWZVc7WaX1h4D8rJVb-vlMIqxaEKEb1tYbX8fet7JJzQ"
MULTIHASH = "uEiBZlVztZpfWHgPyslVv6-UwirFoQoRvW1htfx963sknNA"


@requirement("VCDM2 5.3", "related resources are objects with an id and a digest")
@pytest.mark.parametrize(
    "digest", [{"digestSRI": SRI}, {"digestMultibase": BARE}, {"digestMultibase": MULTIHASH}]
)
def test_related_resources(endpoint: Endpoint, digest: dict[str, str]) -> None:
    issued = accepts(endpoint, relatedResource={"id": V2, **digest})
    assert endpoint.verify(issued).status_code == 200
    accepts(endpoint, relatedResource=[{"id": V2, "mediaType": "application/ld+json", **digest}])


@requirement("VCDM2 5.3", "a related resource that is no object is refused")
@pytest.mark.parametrize("resources", [[V2], V2, [4]])
def test_a_related_resource_is_an_object(endpoint: Endpoint, resources: object) -> None:
    refuses(endpoint, relatedResource=resources)


@requirement("VCDM2 5.3", "the id of a related resource is required")
def test_a_related_resource_has_an_id(endpoint: Endpoint) -> None:
    refuses(endpoint, relatedResource=[{"digestMultibase": BARE}])


@requirement("VCDM2 5.3", "no two related resources have the same id")
def test_no_two_related_resources_have_one_id(endpoint: Endpoint) -> None:
    refuses(endpoint, relatedResource=[{"id": V2, "digestSRI": SRI}, {"id": V2, "digestMultibase": BARE}])


@requirement("VCDM2 5.3", "a related resource has a digestSRI or a digestMultibase")
def test_a_related_resource_has_a_digest(endpoint: Endpoint) -> None:
    refuses(endpoint, relatedResource=[{"id": V2}])


@requirement("VCDM2 5.3", "a digest that is not that of the resource is an error")
@pytest.mark.parametrize(
    "digest",
    [
        {"digestMultibase": "uM4RgWQc3RUDtjJCSgTJtTfvpZ7SPEg_LNO0ESlovQC0"},
        {"digestSRI": "sha384-_rCVIV7fSXXTNIvpiq26jRDyj8JG8TDjij-tD0ewLk4JpnXEz6a5AeeY_1qQ0d0P"},
        {"digestSRI": "sha384-NSOcNpmdIVUxIJGvGUoe22FjTWrXiaXlsZ8q6912LdnR3KraQO2n75Ica4wK4Qeg"},
        {"digestSRI": SRI, "digestMultibase": "uM4RgWQc3RUDtjJCSgTJtTfvpZ7SPEg_LNO0ESlovQC0"},
    ],
)
def test_a_wrong_digest_is_refused(endpoint: Endpoint, digest: dict[str, str]) -> None:
    refuses(endpoint, relatedResource=[{"id": V2, **digest}])


@requirement("VCDM2 5.3", "the digest of a resource that could not be retrieved is not taken for right")
def test_a_resource_that_is_not_at_hand_is_unknown(endpoint: Endpoint) -> None:
    issued = accepts(endpoint, relatedResource={"id": "https://a.example/1", "digestMultibase": MULTIHASH})
    answer = endpoint.verify(issued)
    assert answer.status_code == 400
    found = {one["code"]: one["outcome"] for one in answer.json()["checks"]}
    assert found["resource.digest"] == "unknown"
    assert found["proof.signature"] == "valid"


@requirement("VCDM2 5.4", "one or several refresh services, each with a type")
def test_refresh_services(endpoint: Endpoint) -> None:
    kind = "https://example.org/#ExampleTestSuiteRefreshService"
    services = [{"type": kind, "id": f"did:example:refresh/{number}"} for number in (2, 3)]
    accepts(endpoint, refreshService=services[0])
    accepts(endpoint, refreshService=services)
    refuses(endpoint, refreshService={"id": "did:example:refresh/1"})
    refuses(endpoint, refreshService={"type": kind, "id": "not-url"})


@requirement("VCDM2 5.5", "one or several terms of use, each with a type and perhaps an id")
def test_terms_of_use(endpoint: Endpoint) -> None:
    context = [V2, {"ExamplePolicy": f"{EX}ExamplePolicy"}]
    accepts(
        endpoint, **{"@context": context}, termsOfUse=[{"type": "ExamplePolicy"}, {"type": "ExamplePolicy"}]
    )
    accepts(
        endpoint, **{"@context": context}, termsOfUse={"id": "https://a.example/1", "type": "ExamplePolicy"}
    )
    refuses(endpoint, **{"@context": context}, termsOfUse={"id": "https://a.example/1"})


@requirement("VCDM2 5.6", "evidence is one object or several")
def test_evidence(endpoint: Endpoint) -> None:
    context = [V2, {"ExampleEvidence": f"{EX}ExampleEvidence"}]
    accepts(
        endpoint, **{"@context": context}, evidence=[{"type": "ExampleEvidence"}, {"type": "ExampleEvidence"}]
    )
    refuses(endpoint, **{"@context": context}, evidence="seen")


@requirement("VCDM2 5.10", "reserved extension points have a type")
@pytest.mark.parametrize("member", ["confidenceMethod", "renderMethod"])
def test_reserved_extension_points(endpoint: Endpoint, member: str) -> None:
    context = [V2, {"ExampleMethod": f"{EX}ExampleMethod"}]
    accepts(endpoint, **{"@context": context, member: {"type": "ExampleMethod"}})
    refuses(endpoint, **{"@context": context, member: {"id": "https://a.example/1"}})
