# SPDX-License-Identifier: Apache-2.0
"""What a document says of itself (``/Info``, XMP), compared field by field from one revision to the next.

Programs that add a time-stamp write the date and their name into both. Everything else is shown to readers as
the document's own word, and stays as it was signed. ISO 32000-2, section 14.3; ISO 16684-1.
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import pikepdf

from gakusho.formats._pdf.contents import decoded

MAX_XMP = 1_000_000
_FREE_INFO = frozenset({"/ModDate", "/Producer"})
_MAX_DEPTH = 20
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_XMP = "{http://ns.adobe.com/xap/1.0/}"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_FREE_XMP = frozenset(
    {
        f"{_XMP}ModifyDate",
        f"{_XMP}MetadataDate",
        "{http://ns.adobe.com/pdf/1.3/}Producer",
        "{http://ns.adobe.com/xap/1.0/mm/}InstanceID",
    }
)

_SYNTAX = frozenset({f"{_RDF}about", f"{_RDF}parseType"})
_LISTS = frozenset({f"{_RDF}Alt", f"{_RDF}Bag", f"{_RDF}Seq"})
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def changed_info(before: Any, after: Any) -> list[str]:
    """Give the entries of ``/Info`` that differ and may not."""
    old = dict(before.items()) if isinstance(before, pikepdf.Dictionary) else {}
    new = dict(after.items()) if isinstance(after, pikepdf.Dictionary) else {}
    return sorted(name for name in {*old, *new} - _FREE_INFO if not _same(old.get(name), new.get(name)))


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, pikepdf.String) and isinstance(other, pikepdf.String):
        return str(one) == str(other)  # the same words, however they are written down
    return _written(one) == _written(other)


def _written(value: Any) -> bytes:
    if value is None:
        return b""
    return bytes(value.unparse()) if isinstance(value, pikepdf.Object) else repr(value).encode()


def changed_xmp(before: Any, after: Any) -> list[str]:
    """Give the properties of two metadata streams that differ and may not. Raises: ValueError, LimitError."""
    old, new = _properties(before), _properties(after)
    return sorted(name for name in {*old, *new} - _FREE_XMP if old.get(name) != new.get(name))


def title_of(document: pikepdf.Pdf) -> str | None:
    """Give the title that a document says it has; None where it says none that can be read."""
    try:
        info = document.trailer.get("/Info")
        said = info.get("/Title") if isinstance(info, pikepdf.Dictionary) else None
        if isinstance(said, pikepdf.String) and str(said).strip():
            return str(said)
        stated = _properties(document.Root.get("/Metadata")).get(_TITLE)
        # one title in several languages: (the kind of list, ((language, words), …)); the first is the default
        first = stated[1][0] if stated and stated[0] in _LISTS else stated
        return first[1] if first and isinstance(first[1], str) and first[1].strip() else None
    except Exception:  # noqa: BLE001 - broken metadata raise many kinds, and are no reason to refuse anything
        return None


def page_count(document: pikepdf.Pdf) -> int | None:
    """Give how many pages there are, by walking to each; None where they cannot be counted.

    Last of all that is asked: the parser may mend the tree of pages for it.
    """
    try:
        return len(document.pages)
    except Exception:  # noqa: BLE001 - a hostile tree makes the parser raise many kinds
        return None


def _properties(stream: Any) -> dict[str, Any]:
    if not isinstance(stream, pikepdf.Stream):
        return {}
    packet = decoded(stream, limit=MAX_XMP)
    if b"<!" in packet.replace(b"<!--", b""):
        raise ValueError("the metadata have a document type")  # and so, may be, entities without end
    root = ET.fromstring(packet)  # noqa: S314  # without a document type there is nothing to expand
    found: dict[str, Any] = {}
    for rdf in [root] if root.tag == f"{_RDF}RDF" else root.findall(f"{_RDF}RDF"):
        for description in rdf:
            for name, value in _structure(description, 0):
                found[name] = value if name not in found else ("several", found[name], value)
    return found


def _structure(element: ET.Element, depth: int) -> list[tuple[str, Any]]:
    """Give the members of a structure, those written as attributes too (ISO 16684-1, section 7.5)."""
    members = [(name, ("", value.strip())) for name, value in element.attrib.items() if name not in _SYNTAX]
    return members + [(child.tag, _value(child, depth + 1)) for child in element]


def _value(element: ET.Element, depth: int) -> Any:
    """Give a value as plain data: lists in order, structures by name however they are written."""
    if depth > _MAX_DEPTH:
        raise ValueError("the metadata are nested too deeply")
    children = list(element)
    if len(children) == 1 and children[0].tag in _LISTS:
        return (children[0].tag, tuple(_value(item, depth + 1) for item in children[0]))
    if len(children) == 1 and children[0].tag == f"{_RDF}Description":
        return ("structure", tuple(sorted(_structure(children[0], depth + 1), key=repr)))
    if f"{_RDF}resource" in element.attrib:
        return (
            "",
            element.attrib[f"{_RDF}resource"].strip(),
        )  # programs write addresses the one way or the other
    members = [one for one in _structure(element, depth) if one[0] != _LANGUAGE]
    if members:
        return ("structure", tuple(sorted(members, key=repr)))
    return (element.get(_LANGUAGE, ""), (element.text or "").strip())
