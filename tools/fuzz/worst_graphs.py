# SPDX-License-Identifier: Apache-2.0
"""Worst cases of JSON-LD: entangled graphs, thousands of everything, contexts of a stranger's."""

from __future__ import annotations

from typing import Any

from tools.fuzz.case import CLR, MEGABYTE, OB, PROOF, VC, Case, Json, badge, credential, filled, text, worst

ROOM = MEGABYTE - 4_096


def _related(names: list[str], links: dict[str, list[str]]) -> Case:
    nodes = [
        {"id": one, "type": ["Related"], "alignment": [{"id": other} for other in links[one]]}
        for one in names
    ]
    return Case(data=text(badge({"related": nodes})))


@worst(3, 4, 5, 6, 7, 8, 10, 30)
def clique(size: int) -> Case:
    """Every blank node names every other."""
    names = [f"_:b{n}" for n in range(size)]
    return _related(names, {one: [other for other in names if other != one] for one in names})


@worst(4, 5, 6)
def many_cliques(size: int) -> Case:
    """As many small cliques as fit: each is soon done, all of them are not."""
    number = 1_200 // size
    nodes: list[Json] = []
    for group in range(number):
        names = [f"_:g{group}b{n}" for n in range(size)]
        nodes += [
            {"id": one, "type": ["Related"], "alignment": [{"id": other} for other in names if other != one]}
            for one in names
        ]
    return Case(data=text(badge({"related": nodes})))


@worst(10, 200, 5_000)
def ring(size: int) -> Case:
    """Blank nodes in a circle, all alike."""
    names = [f"_:b{n}" for n in range(size)]
    return _related(names, {one: [names[(n + 1) % size]] for n, one in enumerate(names)})


@worst(8, 30)
def grid(size: int) -> Case:
    """A torus of alike blank nodes."""
    names = [f"_:b{x}x{y}" for x in range(size) for y in range(size)]
    links = {
        f"_:b{x}x{y}": [f"_:b{(x + 1) % size}x{y}", f"_:b{x}x{(y + 1) % size}"]
        for x in range(size)
        for y in range(size)
    }
    return _related(names, links)


@worst(2, 3, 8)
def regular_tree(branches: int) -> Case:
    """A tree of alike branches, as deep as JSON may be."""
    depth = {2: 12, 3: 8, 8: 4}[branches]

    def node(level: int) -> Json:
        if level == 0:
            return {"type": ["Related"]}
        return {"type": ["Related"], "alignment": [node(level - 1) for _ in range(branches)]}

    return Case(data=text(badge({"related": [node(depth)]})))


@worst(10_000, 50_000)
def equal_nodes(number: int) -> Case:
    """Blank nodes that say the same."""
    return Case(data=text(credential({"id": "urn:a:l", "name": "x"}, evidence=[{"type": "x:y"}] * number)))


@worst()
def equal_evidence() -> Case:
    parts = filled(lambda n: {"type": "urn:a:E", "name": "x"}, size=ROOM)
    return Case(data=text(credential(evidence=parts)))


@worst()
def evidence_with_names() -> Case:
    parts = filled(lambda n: {"type": "urn:a:E", "name": f"{n}"}, size=ROOM)
    return Case(data=text(credential(evidence=parts)))


@worst()
def subjects_of_text() -> Case:
    return Case(data=text(credential(["x"] * 200_000)))


@worst()
def subjects() -> Case:
    return Case(data=text(credential(filled(lambda n: {"id": f"urn:a:{n}"}, size=ROOM))))


@worst()
def names_in_languages() -> Case:
    values = filled(lambda n: {"@value": f"{n}", "@language": "en"}, size=ROOM)
    return Case(data=text(credential(name=values)))


@worst()
def empty_objects() -> Case:
    return Case(data=text(credential({"id": "urn:a:l", "image": [{}] * 300_000})))


@worst()
def types() -> Case:
    return Case(data=text(credential(type=["VerifiableCredential"] * 30_000)))


@worst()
def types_of_addresses() -> Case:
    kinds = ["VerifiableCredential", *filled(lambda n: f"urn:a:{n}", size=ROOM)]
    return Case(data=text(credential(type=kinds)))


@worst()
def types_everywhere() -> Case:
    kinds = ["Achievement", "Profile", "Related", "Alignment", "Evidence", "Result", "Image", "Address"]
    parts = filled(lambda n: {"type": kinds, "id": f"urn:a:{n}"}, size=ROOM)
    return Case(data=text(badge(evidence=parts)))


@worst()
def contexts() -> Case:
    return Case(data=text({**credential(), "@context": [VC, *[OB, CLR] * 8_000]}))


@worst()
def contexts_in_every_part() -> Case:
    parts = filled(lambda n: {"@context": [VC, OB, CLR], "id": f"urn:a:{n}"}, size=ROOM)
    return Case(data=text(badge(evidence=parts)))


@worst(16, 5_000)
def proofs(number: int) -> Case:
    """A large document with many proofs, for each of which it would be written anew."""
    room = ROOM - 400 * number if number < 1_000 else 0
    proof = [{**PROOF, "id": f"urn:p:{n}"} for n in range(min(number, 2_500))]
    parts = filled(lambda n: {"type": "urn:a:E", "name": f"{n}"}, size=room, at_most=9_000)
    return Case(data=text(credential(evidence=parts, proof=proof)))


@worst()
def proof_chain() -> Case:
    proof = [
        {**PROOF, "id": f"urn:p:{n}", "previousProof": [f"urn:p:{m}" for m in range(n)]} for n in range(16)
    ]
    parts = filled(lambda n: {"type": "urn:a:E", "name": f"{n}"}, size=ROOM - 20_000, at_most=9_000)
    return Case(data=text(credential(evidence=parts, proof=[*proof[1:], {**proof[0], "previousProof": []}])))


@worst("eddsa-jcs-2022", "ecdsa-rdfc-2019", "ecdsa-jcs-2019", "ecdsa-sd-2023", "Ed25519Signature2020")  # type: ignore[arg-type]
def suite(name: str) -> Case:
    """A large document under each way of signing."""
    proof = {**PROOF, "cryptosuite": name}
    if name == "Ed25519Signature2020":
        proof = {**PROOF, "type": name}
        del proof["cryptosuite"]
    parts = filled(lambda n: {"type": "urn:a:E", "name": f"{n}"}, size=ROOM, at_most=9_000)
    return Case(data=text(credential(evidence=parts, proof=proof)))


# --- contexts written inside -----------------------------------------------------------------------


def _inline(words: Any, **members: Any) -> Case:
    return Case(data=text({**credential(**members), "@context": [VC, words]}))


@worst(400, 10_000)
def inline_words(number: int) -> Case:
    words = {f"w{n}": f"https://x.example/{n}" for n in range(number)}
    return _inline(words, **{f"w{n}": "x" for n in range(number)})


@worst()
def inline_statements() -> Case:
    words = {"w": "https://x.example/w"}
    return _inline(words, evidence=[{"type": "https://x.example/E", "w": f"{n}"} for n in range(1_600)])


@worst()
def inline_values() -> Case:
    return _inline({"w": "https://x.example/w"}, w=[f"{n}" for n in range(1_380)])


@worst()
def inline_scopes() -> Case:
    words = {
        f"T{n}": {
            "@id": f"https://x.example/T{n}",
            "@context": {f"a{n}x{m}": f"https://x.example/{n}/{m}" for m in range(10)},
        }
        for n in range(40)
    }
    kinds = [f"T{n}" for n in range(40)]
    return _inline(words, evidence=[{"type": kinds, "id": f"urn:a:{n}"} for n in range(100)])


@worst()
def inline_contexts_many() -> Case:
    inside = [{f"w{n}": f"https://x.example/{n}"} for n in range(490)]
    return Case(data=text({**credential(w1="x"), "@context": [VC, *inside]}))


@worst()
def inline_in_every_part() -> Case:
    parts = [
        {"@context": {f"w{n}": f"https://x.example/{n}"}, "type": "urn:a:E", f"w{n}": "x"} for n in range(480)
    ]
    return _inline({"w": "https://x.example/w"}, evidence=parts)


@worst()
def inline_clique() -> Case:
    names = [f"_:b{n}" for n in range(9)]
    nodes = [{"id": one, "w": [{"id": other} for other in names if other != one]} for one in names]
    return _inline({"w": {"@id": "https://x.example/w", "@type": "@id"}}, evidence=nodes)


@worst()
def inline_large_text() -> Case:
    return _inline({"w": "https://x.example/w"}, w="x" * ROOM)


@worst()
def inline_prefixes() -> Case:
    words = {"p": "https://x.example/p#", "w": {"@id": "p:w", "@container": "@language"}}
    return _inline(words, w={f"en-{n:04}": "x" for n in range(1_300)})


@worst()
def inline_proofs() -> Case:
    """All that the general path allows, sixteen times."""
    parts = [{"type": "https://x.example/E", "w": f"{n}"} for n in range(1_600)]
    proof = [{**PROOF, "id": f"urn:p:{n}"} for n in range(16)]
    return _inline({"w": "https://x.example/w"}, evidence=parts, proof=proof)
