# SPDX-License-Identifier: Apache-2.0
"""What was added to a document after it was signed: every object of one revision compared with the next.

After a certification that permits no change, a security store and document time-stamps may come, nothing else
(ISO 32000-2, sections 12.8.2.2, 12.8.4.3 and 12.8.5; ETSI EN 319 142-1, section 5.4). What may come is named
here; whatever is not named is a change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import pikepdf

from gakusho.errors import LimitError
from gakusho.formats._pdf import additions, contents, sections
from gakusho.formats._pdf.pades import ends_well
from gakusho.formats._pdf.revision import Revision

MAX_COMPARED = 400_000
"""Objects of all revisions together that are compared."""
_STRUCTURE = frozenset({"/XRef", "/ObjStm"})


def unadmitted(data: bytes, ends: Sequence[int], *, approvals: bool = False) -> list[str]:
    """Give what was changed from each of the revisions that end at ``ends`` to the next, each by a word.

    Empty when nothing came but security stores and document time-stamps; with ``approvals`` further
    signatures are admitted, too. Raises: LimitError, UnreadableError.
    """
    found: list[str] = []
    left = MAX_COMPARED
    with ExitStack() as opened:
        before: Revision | None = None
        for end in ends:
            part = data[:end]
            if not ends_well(part):
                return [*found, "revision"]
            after = Revision.of(opened.enter_context(contents.open_document(part)))
            left -= len(after.objects)
            if left < 0:
                raise LimitError(f"More than {MAX_COMPARED} objects would have to be compared.")
            if before is not None:
                found.extend(_changes(before, after, approvals=approvals))
            before = after
        if before is not None and (unclear := sections.ambiguous(data, ends[0], before.document)):
            found.append(unclear)
    return list(dict.fromkeys(found))


def _changes(before: Revision, after: Revision, *, approvals: bool) -> Iterator[str]:
    if _trailer(before) != _trailer(after):
        yield "trailer"
        return
    new = after.written.keys() - before.written.keys()
    changed = {key for key, text in before.written.items() if after.written.get(key, text) != text}
    if before.written.keys() - after.written.keys():
        yield "object removed"
    if not new and not changed:
        yield "an update of nothing"
    # what appears where a reference led nowhere is told as well: until then nothing is written there
    admitted = additions.Admitted(before=before, after=after, new=new, changed=changed, approvals=approvals)
    yield from admitted.problems()
    for key in sorted(new - admitted.explained):
        if str(_entry(after.objects[key], "/Type")) not in _STRUCTURE:
            yield f"object {key[0]} added"
    for key in sorted(changed - admitted.explained):
        yield f"object {key[0]} changed"


def _trailer(revision: Revision) -> tuple[Any, ...]:
    trailer = revision.document.trailer
    identifier = trailer.get("/ID")
    first = bytes(identifier[0]) if isinstance(identifier, pikepdf.Array) and len(identifier) else b""
    return trailer.Root.objgen, first, "/Encrypt" in trailer


def _entry(one: Any, name: str) -> Any:
    return one.get(name) if isinstance(one, (pikepdf.Dictionary, pikepdf.Stream)) else None
