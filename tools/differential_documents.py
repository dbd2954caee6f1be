# SPDX-License-Identifier: Apache-2.0
"""Documents made at random, each from its number: what credentials hold, and what nobody would write."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

Document = dict[str, Any]

V2 = "https://www.w3.org/ns/credentials/v2"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
XSD = "http://www.w3.org/2001/XMLSchema#"
FIXTURES = Path(__file__).parent.parent / "tests" / "vectors" / "json_ld"

PIECES = [
    *(
        "a",
        "B",
        " ",
        "日本",
        "証",
        "\uff21",
        "\uff8a\uff9d",
        "e\u0301",
        "\u00e9",
        "神",
        "\ufa19",
        "😀",
        "\U0010ffff",
        "אב",
    ),
    *(
        '"',
        "\\",
        "\\u0041",
        "\n",
        "\r",
        "\t",
        "\b",
        "\f",
        "\v",
        "\x00",
        "\x01",
        "\x1f",
        "\x7f",
        "\x80",
        "\x9f",
    ),
    *(
        "\u00a0",
        "\u2028",
        "\u200f",
        "\ue000",
        "\ufeff",
        "\ufffd",
        "\uffff",
        "<",
        ">",
        "'",
        "{",
        "}",
        "|",
        "^",
        "`",
    ),
    *(
        '"@en',
        "^^<urn:x:t>",
        " .\n",
        "_:b0",
        "_:c14n0",
        "@id",
        "@value",
        "null",
        "true",
        "-0",
        "1.50",
        "1E3",
        "%s",
        "%",
    ),
]
IRIS = [
    *(f"urn:x:{number}" for number in range(4)),
    *(
        "did:example:a",
        "https://a.example/?q=1&r=%20#f",
        "https://例.example/道?é#断片",
        "urn:uuid:0b1e",
        "tag:x,1:y",
    ),
]
BLANKS = ["_:n0", "_:n1", "_:b0", "_:c14n0"]
NUMBERS = [
    *(
        0,
        1,
        -1,
        2**53 - 1,
        1 - 2**53,
        0.1,
        -1.5,
        1e-7,
        1e20,
        1e21,
        1.7976931348623157e308,
        5e-324,
        100.0,
        -0.0,
        3.0,
    ),
    *(1 / 3, 123456789.125, 1e-6, 9007199254740993.0),
]
LANGUAGES = ["ja", "en", "ja-Kana", "zh-Hant-TW", "DE"]
TYPES = [XSD + name for name in ("string", "date", "dateTime", "integer", "double", "boolean")] + [
    "urn:x:type"
]


@dataclass(frozen=True)
class Made:
    """A document, and what is known of it."""

    family: str
    document: Document
    loses: str = ""
    """What was put in that a strict reader must refuse, or nothing."""


def made(seed: int, number: int) -> Made:
    """Give the document of this number: always the same."""
    return _Maker(Random(f"{seed}:{number}")).document()


class _Maker:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.plain = random.random() < 0.4
        """Whether values are what credentials are mostly made of."""

    def document(self) -> Made:
        family = self.random.choices(["words", "fixture", "added"], [4, 3, 4])[0]
        document: Document = getattr(self, f"_{family}")()
        if self.random.random() < 0.06:
            name = self.random.choice(list(LOSSES))
            place = self._place(document)
            if not LOSSES[name].keys() & place.keys():
                place.update(copy.deepcopy(LOSSES[name]))
                return Made(family, document, name)
        return Made(family, document)

    def _place(self, document: Document) -> Document:
        """An object of the document that is a node for certain."""
        subject = document.get("credentialSubject")
        return subject if isinstance(subject, dict) and self.random.random() < 0.5 else document

    # -- what every family is made of

    def text(self) -> str:
        return "".join(self.random.choices(PIECES, k=self.random.choice([0, 1, 1, 2, 3, 5])))

    def iri(self) -> str:
        return self.random.choice(IRIS if self.plain or self.random.random() < 0.8 else BLANKS)

    def scalar(self) -> Any:
        kind = self.random.randrange(9)
        match 9 if self.plain and kind > 1 else kind:
            case 0:
                return self.random.choice(NUMBERS)
            case 1:
                return self.random.random() < 0.5
            case 2:
                return {"@value": self.text(), "@language": self.random.choice(LANGUAGES)}
            case 3:
                return self.directed()
            case 4:
                return {"@value": self.text(), "@type": self.random.choice(TYPES)}
            case 5:
                return {"@value": self.json(0), "@type": "@json"}
            case 6:
                return {"@value": self.random.choice([self.text(), 5, True, 2.5])}
        return self.text()

    def directed(self) -> Document:
        value: Document = {"@value": self.text(), "@direction": self.random.choice(["ltr", "rtl"])}
        if self.random.random() < 0.6:
            value["@language"] = self.random.choice(LANGUAGES)
        return value

    def json(self, depth: int) -> Any:
        match self.random.randrange(7 if depth < 3 else 4):
            case 0:
                return self.random.choice(NUMBERS)
            case 1:
                return self.random.choice([None, True, False])
            case 2 | 3:
                return self.text()
            case 4:
                return [self.json(depth + 1) for _ in range(self.random.randrange(4))]
        return {self.text(): self.json(depth + 1) for _ in range(self.random.randrange(4))}

    def some(self, one: Any) -> Any:
        """One of these, or a list of some, now and then with one twice."""
        if self.random.random() < 0.6:
            return one()
        items = [one() for _ in range(self.random.choice([0, 1, 2, 3]))]
        return items + copy.deepcopy(items[:1]) if self.random.random() < 0.3 else items

    # -- words of pinned contexts, and of a vocabulary

    def _words(self) -> Document:
        document: Document = {"@context": [V2, EXAMPLES]}
        document.update(self.node(0))
        document["type"] = self.random.choice(
            ["VerifiableCredential", ["VerifiableCredential", "Other"], "Other"]
        )
        return document

    def node(self, depth: int) -> Document:
        node: Document = {}
        if self.random.random() < 0.4:
            node["id"] = self.iri()
        if self.random.random() < 0.3:
            node["type"] = (
                self.some(lambda: self.random.choice(["Thing", "Other", "Card", IRIS[0]])) or "Thing"
            )
        for _ in range(self.random.randrange(1, 5)):
            key = self.random.choice(
                ["alpha", "beta", "gamma", "name", "description", "道", "a b"][: 6 if depth else 7]
            )
            key = "delta" if key == "a b" else key
            node[key] = self.some(lambda: self.value(depth))
        return node

    def value(self, depth: int) -> Any:
        kind = self.random.randrange(8)
        if kind == 0:
            return {"id": self.iri()}
        if kind == 1:
            return {"@list": [self.scalar() for _ in range(self.random.randrange(4))]}
        if kind in (2, 3) and depth < 3:
            return self.node(depth + 1)
        return self.scalar()

    # -- credentials as they are, with strings, members and numbers of each changed

    def _fixture(self) -> Document:
        name = self.random.choice(sorted(_fixtures()))
        document: Document = json.loads(_fixtures()[name])
        for _ in range(self.random.choice([0, 1, 2, 4])):
            self._change(document)
        return document

    def _change(self, document: Document) -> None:
        holders = [one for one in _objects(document) if set(one) - {"@context", "type", "@type", "id", "@id"}]
        if not holders:
            return
        holder = self.random.choice(holders)
        key = self.random.choice(sorted(set(holder) - {"@context", "type", "@type", "id", "@id"}))
        value = holder[key]
        match self.random.randrange(5):
            case 0 if (
                len(holder) > 1 + ("@context" in holder) + ("type" in holder) + ("@value" in holder) * 9
            ):
                del holder[key]
            case 1 if not key.startswith("@") and not isinstance(value, list) and key != "@value":
                holder[key] = [value, copy.deepcopy(value)]
            case 2 if "id" in holder and holder is not document:
                holder["id"] = self.iri()
            case _:
                if isinstance(value, str) and not _bound(key, value):
                    holder[key] = self.text()

    # -- contexts written inside

    def _added(self) -> Document:
        words = {name: value for name, value in WORDS.items() if self.random.random() < 0.6}
        context: Document = {"plain": "https://x.example/#plain", **copy.deepcopy(words)}
        if self.random.random() < 0.3:
            context["@vocab"] = "https://x.example/vocab#"
        if self.random.random() < 0.3:
            context["@protected"] = True
        if self.random.random() < 0.25:
            context["@language"] = self.random.choice(LANGUAGES)
        if self.random.random() < 0.25:
            context["@direction"] = self.random.choice(["ltr", "rtl"])
        document: Document = {"@context": [V2, context], "type": ["VerifiableCredential"]}
        document["credentialSubject"] = self.worded(context, 0)
        if self.random.random() < 0.5:
            document["id"] = self.iri()
        if self.random.random() < 0.5:
            document["name"] = self.some(self.text)
        return document

    def worded(self, context: Document, depth: int) -> Document:
        node: Document = {}
        if self.random.random() < 0.5:
            node["id"] = self.iri()
        if "Kind" in context and self.random.random() < 0.4:
            node["type"] = self.random.choice(["Kind", ["Kind", "https://x.example/#Other"]])
            node["within"] = self.some(self.text)
        names = [name for name in context if not name.startswith("@") and name not in ("Kind", "x")]
        for name in self.random.sample(names, min(len(names), self.random.randrange(1, 5))):
            node[name] = self.worth(name, context, depth)
        if "@vocab" in context and self.random.random() < 0.5:
            node[self.random.choice(["free", "自由"])] = self.some(self.scalar)
        return node

    def worth(self, name: str, context: Document, depth: int) -> Any:
        """A value that fits a word."""
        match name:
            case "json":
                return self.json(0)
            case "languages" | "many_languages":
                tags = self.random.sample([*LANGUAGES, "@none"], self.random.randrange(1, 4))
                return {
                    tag: self.some(self.text) if name == "many_languages" else self.text() for tag in tags
                }
            case "ref" | "refs":
                return self.some(self.iri)
            case "vocabulary":
                return self.some(lambda: self.random.choice([*IRIS, "plain"]))
            case "ordered":
                return [self.scalar() for _ in range(self.random.randrange(4))]
            case "graph":
                return self.some(lambda: {"plain": self.text(), **({"id": self.iri()} if depth else {})})
            case "below":
                return self.some(lambda: {"within": self.some(self.text), "plain": self.scalar()})
        if depth < 2 and self.random.random() < 0.3:
            return self.some(lambda: self.worded(context, depth + 1))
        return self.some(self.scalar)


def _objects(value: Any) -> list[Document]:
    found: list[Document] = []
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            found.append(one)
            pending.extend(part for key, part in one.items() if key != "@context")
        elif isinstance(one, list):
            pending.extend(one)
    return found


def _bound(key: str, value: str) -> bool:
    """Whether a string must stay what it is: an IRI, a date, a word of a vocabulary."""
    return key.startswith("@") or key not in FREE or ":" in value[:12]


@cache
def _fixtures() -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in FIXTURES.glob("*.json")}


FREE = {
    "name",
    "description",
    "narrative",
    "alumniOf",
    "value",
    "humanCode",
    "@value",
    "streetAddress",
    "familyName",
}
FREE |= {
    "addressLocality",
    "identityHash",
    "targetName",
    "targetFramework",
    "email",
    "phone",
    "givenName",
    "tag",
}

WORDS: Document = {
    "x": "https://x.example/#",
    "second": "x:second",
    "ref": {"@id": "https://x.example/#ref", "@type": "@id"},
    "refs": {"@id": "https://x.example/#refs", "@type": "@id", "@container": "@list"},
    "vocabulary": {"@id": "https://x.example/#vocabulary", "@type": "@vocab"},
    "date": {"@id": "https://x.example/#date", "@type": XSD + "dateTime"},
    "double": {"@id": "https://x.example/#double", "@type": XSD + "double"},
    "integer": {"@id": "https://x.example/#integer", "@type": XSD + "integer"},
    "json": {"@id": "https://x.example/#json", "@type": "@json"},
    "ordered": {"@id": "https://x.example/#ordered", "@container": "@list"},
    "set": {"@id": "https://x.example/#set", "@container": "@set"},
    "languages": {"@id": "https://x.example/#languages", "@container": "@language"},
    "many_languages": {"@id": "https://x.example/#many", "@container": ["@language", "@set"]},
    "graph": {"@id": "https://x.example/#graph", "@container": "@graph"},
    "japanese": {"@id": "https://x.example/#japanese", "@language": "ja"},
    "bare": {"@id": "https://x.example/#bare", "@language": None, "@direction": None},
    "rightward": {"@id": "https://x.example/#rightward", "@direction": "rtl"},
    "none": {"@id": "https://x.example/#none", "@type": "@none"},
    "below": {"@id": "https://x.example/#below", "@context": {"within": "https://x.example/#below-within"}},
    "Kind": {
        "@id": "https://x.example/#Kind",
        "@context": {"within": {"@id": "https://x.example/#within", "@language": "en"}},
    },
}

LOSSES: dict[str, Document] = {
    "a relative type": {"type": ["Relative type"]},
    "a relative id": {"id": "student-42"},
    "a null": {"name": None},
    "a null in a list": {"name": ["x", None]},
    "an index": {"name": {"@value": "x", "@index": "y"}},
    "included": {"@included": [{"id": "urn:x:1"}]},
    "nested": {"@nest": {"name": "x"}},
    "reversed": {"@reverse": {"name": {"id": "urn:x:1"}}},
    "a blank predicate": {"_:p": "x"},
    "a lone language": {"name": {"@language": "ja"}},
    "a word like a keyword": {"@honours": "x"},
    "a word with a space": {"a word": "x"},
    "a list in a list": {"name": {"@list": [["x"]]}},
    "a direction that is none": {"name": {"@value": "x", "@direction": "up"}},
    "a language that is none": {"name": {"@value": "x", "@language": "not a language"}},
}
