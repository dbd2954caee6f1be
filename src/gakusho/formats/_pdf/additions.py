# SPDX-License-Identifier: Apache-2.0
"""What an update may add to a signed document, by name: a security store, time-stamp fields, its own date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf

from gakusho.formats._pdf import metadata
from gakusho.formats._pdf.revision import Reference, Revision, references_in

_FIELD = frozenset({"/Type", "/Subtype", "/FT", "/T", "/V", "/F", "/Ff", "/Rect", "/P", "/AP"})
_APPROVAL_FIELD = _FIELD | {"/Lock", "/SV", "/MK", "/DA", "/DR", "/TU", "/TM", "/Border", "/BS", "/Q"}
_SAID = frozenset({"/TU", "/TM", "/DA"})
"""What other programs give the field of a time-stamp besides: text that no field without an area shows."""
_MAX_SAID = 1_000
_VALUE = frozenset(
    {
        "/Type",
        "/Filter",
        "/SubFilter",
        "/Contents",
        "/ByteRange",
        "/M",
        "/Name",
        "/Reason",
        "/Location",
        "/ContactInfo",
        "/Prop_Build",
        "/V",
    }
)


@dataclass(kw_only=True)
class Admitted:
    """Goes through one update and gathers the objects for which there is a reason."""

    before: Revision
    after: Revision
    new: set[Reference]
    changed: set[Reference]
    approvals: bool
    """Whether further signatures may come, as in documents that are not locked."""
    explained: set[Reference] = field(default_factory=set)
    _widgets: set[Reference] = field(default_factory=set)

    def problems(self) -> Iterator[str]:
        """Give what was changed that may not be; ``explained`` is complete afterwards."""
        yield from self._catalog()
        yield from self._pages()
        yield from self._info()

    def _catalog(self) -> Iterator[str]:
        old, new = self.before.document.Root, self.after.document.Root
        for name in sorted(_different(old, new)):
            if name not in {"/DSS", "/AcroForm", "/Metadata", "/Extensions", "/Version"}:
                yield f"catalog {name}"
        if str(old.get("/Version", "/1.0")) > str(new.get("/Version", "/9")):
            yield "catalog /Version"
        self.explained.add(_key(new))
        yield from self._extensions(old.get("/Extensions"), new.get("/Extensions"))
        self._store(old.get("/DSS"), new.get("/DSS"))
        yield from self._form(old.get("/AcroForm"), new.get("/AcroForm"))
        yield from self._metadata(old.get("/Metadata"), new.get("/Metadata"))

    def _extensions(self, old: Any, new: Any) -> Iterator[str]:
        """ISO 32000-2, section 7.12: names and numbers, which show nothing."""
        if not isinstance(new, pikepdf.Dictionary):
            return
        self._explain(old, new, self._root)
        was: Any = old if isinstance(old, pikepdf.Dictionary) else {}
        for name, one in new.items():
            several = isinstance(one, pikepdf.Array)
            for each in one if several else [one]:
                self._explain(None if several else was.get(name), each, _key(new) or self._root)
                parts = list(each.values()) if isinstance(each, pikepdf.Dictionary) else []
                odd = isinstance(each, (pikepdf.Stream, pikepdf.Array))
                if odd or any(isinstance(part, (pikepdf.Dictionary, pikepdf.Stream)) for part in parts):
                    yield "catalog /Extensions"

    def _store(self, old: Any, new: Any) -> None:
        """Take what only the security store holds; of what was there, no certificate or list is exchanged."""
        was = self.before.below(_roots(old))
        now = self.after.below(_roots(new))
        self.explained |= now & self.new
        mine = {key for key in now & was & self.changed if not _is_stream(self.after.objects[key])}
        if mine:
            catalog = self.before.document.Root
            others: list[Any] = [value for name, value in catalog.items() if name != "/DSS"]
            others.append(self.before.document.trailer.get("/Info"))
            start = {key for one in others for key in _roots(one)}
            mine -= self.before.below(start, stop=frozenset({self._root}))
        self.explained |= mine

    def _metadata(self, old: Any, new: Any) -> Iterator[str]:
        if _key(old) == _key(new) and _key(old) not in self.changed:
            return
        self._explain(old, new, self._root)
        for name in metadata.changed_xmp(old, new):
            yield f"metadata {name}"

    def _info(self) -> Iterator[str]:
        old, new = (one.document.trailer.get("/Info") for one in (self.before, self.after))
        self._explain(old, new)
        for name in metadata.changed_info(old, new):
            yield f"document information {name}"

    def _form(self, old: Any, new: Any) -> Iterator[str]:
        if not isinstance(old, pikepdf.Dictionary) or not isinstance(new, pikepdf.Dictionary):
            yield "catalog /AcroForm"
            return
        self._explain(old, new, self._root)
        free = {"/Fields", "/SigFlags", "/DR", "/DA"} if self.approvals else {"/Fields", "/SigFlags"}
        for name in sorted(_different(old, new) - free):
            yield f"form {name}"
        if _flags(old) & ~_flags(new):
            yield "form /SigFlags"
        had, has = _references(old.get("/Fields")), _references(new.get("/Fields"))
        self._explain(old.get("/Fields"), new.get("/Fields"), _key(old) or self._root)
        if [one for one in has if one in had] != had or len(set(has)) < len(has):
            yield "form fields"
        names = {str(one.get("/T", "")) for one in _dictionaries(old.get("/Fields"))}
        for one in _dictionaries(new.get("/Fields")):
            if (_key(one) or _written(one)) not in had:
                yield from self._added_field(one, names)
                names.add(str(one.get("/T", "")))
        if self.approvals:
            yield from self._signed_fields(old.get("/Fields"), new.get("/Fields"))

    def _added_field(self, one: Any, names: set[str]) -> Iterator[str]:
        key, value = _key(one), one.get("/V")
        if key not in self.new or str(one.get("/FT")) != "/Sig":
            yield "form field"
            return
        allowed = _APPROVAL_FIELD if self.approvals else _FIELD | _harmless(one)
        visible = not self.approvals and _has_area(one.get("/Rect"))
        if str(one.get("/T", "")) in names or visible or any(name not in allowed for name in one.keys()):  # noqa: SIM118
            yield "form field"
        yield from self._value(value)
        stop = frozenset({_key(one.get("/P")), _key(one.get("/Parent"))} - {None})
        self.explained |= self.after.below({key}, stop=stop) & self.new
        self._widgets.add(key)

    def _value(self, value: Any) -> Iterator[str]:
        if value is None and self.approvals:
            return  # a field for a signature to come
        if not isinstance(value, pikepdf.Dictionary):
            yield "form field"
            return
        stamp = str(value.get("/Type")) == "/DocTimeStamp" and str(value.get("/SubFilter")) == "/ETSI.RFC3161"
        known = all(name in _VALUE for name in value.keys())  # noqa: SIM118
        if not (self.approvals or (stamp and known)):
            yield "signature"

    def _signed_fields(self, old: Any, new: Any) -> Iterator[str]:
        """Take fields that were there, empty, and were signed since: value and look come, nothing else."""
        before = {_key(one): one for one in _dictionaries(old)}
        for one in _dictionaries(new):
            key = _key(one)
            if key not in self.changed or key not in before:
                continue
            if str(one.get("/FT")) != "/Sig" or "/V" in before[key]:
                yield "form field"
            if _different(before[key], one) - {"/V", "/AP", "/F", "/M", "/Lock"}:
                yield "form field"
            self.explained.add(key)
            start = _roots(one.get("/V")) | _roots(one.get("/AP"))
            self.explained |= self.after.below(start) & self.new

    def _pages(self) -> Iterator[str]:
        for old, new in zip(self.before.document.pages, self.after.document.pages, strict=False):
            page, notes = new.obj, new.obj.get("/Annots")
            if not {_key(page), _key(notes)} & self.changed:
                continue
            if _key(old.obj) != _key(page) or _different(old.obj, page) - {"/Annots"}:
                yield "page"
            had, has = _references(old.obj.get("/Annots")), _references(notes)
            if [one for one in has if one in had] != had or not set(has) - set(had) <= self._widgets:
                yield "annotation"
            self.explained.add(_key(page))
            self._explain(old.obj.get("/Annots"), notes, _key(page))

    def _explain(self, old: Any, new: Any, owner: Reference | None = None) -> None:
        """Take what is new, or changed where it was before and where nothing but its owner refers to it.

        An object that was something else until then, or is something else too, is no reason to change it.
        """
        key = _key(new)
        if key in self.new:
            self.explained.add(key)
        elif key in self.changed and key == _key(old):
            owners = {each for each in self.before.written if key in self.before.references(each)}
            if owners <= {owner}:
                self.explained.add(key)

    @property
    def _root(self) -> Reference:
        """The catalog's number, which is the same before and after."""
        found: Reference = _key(self.before.document.Root)
        return found


def _key(one: Any) -> Any:
    """Give an object's number and generation; None for one that stands inside another, or for nothing."""
    if isinstance(one, pikepdf.Object) and one.is_indirect:
        number, generation = one.objgen
        return number, generation
    return None


def _roots(one: Any) -> set[Reference]:
    """Give the object, or what it refers to where it stands inside another."""
    if isinstance(one, pikepdf.Object) and one.is_indirect:
        return {_key(one)}
    return _own(one)


def _own(one: Any) -> set[Reference]:
    """Give what a thing that stands inside another refers to."""
    return references_in(one.unparse(resolved=True)) if isinstance(one, pikepdf.Object) else set()


def _different(old: Any, new: Any) -> set[str]:
    """Give the entries of a dictionary that differ as they are written."""
    names = {*old.keys(), *new.keys()}
    return {name for name in names if _text(old, name) != _text(new, name)}


def _text(dictionary: Any, name: str) -> Any:
    return _written(dictionary.get(name))


def _references(array: Any) -> list[Any]:
    """Give what an array refers to, in order; what stands in it directly as it is written."""
    if not isinstance(array, pikepdf.Array):
        return []
    return [_key(one) or _written(one) for one in array]


def _written(one: Any) -> Any:
    return bytes(one.unparse()) if isinstance(one, pikepdf.Object) else repr(one)


def _dictionaries(array: Any) -> list[Any]:
    return list(array) if isinstance(array, pikepdf.Array) else []


def _is_stream(one: Any) -> bool:
    return isinstance(one, pikepdf.Stream)


def _harmless(field: Any) -> set[str]:
    """Give the entries of a time-stamp's field that are short text, or say nothing of how it would look."""
    texts = {name for name in _SAID if isinstance(field.get(name), pikepdf.String)}
    found = {name for name in texts if len(bytes(field[name])) <= _MAX_SAID}
    look = field.get("/MK")
    if isinstance(look, pikepdf.Dictionary) and not look.is_indirect and not len(look):
        found.add("/MK")
    return found


def _flags(form: Any) -> int:
    held = form.get("/SigFlags")
    return held if isinstance(held, int) else 0


def _has_area(box: Any) -> bool:
    if not isinstance(box, pikepdf.Array) or len(box) != 4:
        return True
    left, bottom, right, top = (float(side) for side in box)
    return left != right and bottom != top
