# SPDX-License-Identifier: Apache-2.0
"""Every error raised on purpose.

GakushoError
├── InputError                what somebody gave us cannot be used
│   ├── UnreadableError       bytes that are not what they claim to be (CSV, ZIP, PDF, JSON, image)
│   ├── LimitError            larger, longer or deeper than the stated bound
│   ├── RowsError             a table with problems; carries all of them
│   │   └── TemplatesError    page templates with faults; carries all of them
│   ├── UndefinedTermError    JSON-LD that would be signed, or shown, only in part
│   ├── TooComplexError       a graph that needs more work than the budget allows
│   ├── MissingGlyphError     a name that the font of the document cannot write
│   ├── UnknownFormatError    bytes no format recognizes, or a format nobody has
│   └── OAuthError            what an application asks for that OAuth does not allow
├── ConflictError             the request contradicts what is kept (state, duplicate, changed batch)
├── NotFoundError             no such thing, or not for this person
├── ForbiddenError            the person may not do this
│   └── SamePersonError       two people are needed and this is the first one again
├── KeyMaterialError          a key that cannot be used
│   ├── WeakKeyError          small order, too short, or of a kind that is refused
│   └── LockedKeyError        the secret does not open the key
├── UnreachableError          something outside could not be asked (network, mail server, disk)
│   └── ForbiddenAddressError an address outside fetches may not go to
├── SettingsError             the configuration cannot work
└── PluginError               a one-file implementation that is not one

Wrong use by a programmer (``TypeError``, ``ValueError``, ``AssertionError``) is not part of the tree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from traceback import extract_tb
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gakusho.model.problem import Problem

_FRAMES = 8


class GakushoError(Exception):
    """Something went wrong that a person can act upon.

    ``code`` is stable and names the entry in the message catalogs; ``facts`` fill its sentence
    (by convention ``got`` and ``expected``); ``str(error)`` is the English sentence and ``action``
    what to do next.
    """

    code = "error"
    action = "Try again; if it stays, report it with the time and this message."

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        action: str | None = None,
        facts: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code or type(self).code
        self.action = action or type(self).action
        self.facts: Mapping[str, object] = dict(facts or {})


class InputError(GakushoError):
    """What was given cannot be used."""

    code = "input"
    action = "Correct the input and send it again."


class UnreadableError(InputError):
    """The bytes are not what they claim to be."""

    code = "unreadable"
    action = "Check that the file is complete and of the expected kind."


class LimitError(InputError):
    """The input is larger, longer or deeper than the stated bound."""

    code = "limit"
    action = "Send less at a time."


class RowsError(InputError):
    """A table has problems; all of them are carried in ``problems``."""

    code = "rows"
    action = "Mend the rows named and upload the file again."

    def __init__(self, message: str, problems: Sequence[Problem]) -> None:
        super().__init__(message, facts={"problems": len(problems)})
        self.problems = tuple(problems)


class TemplatesError(RowsError):
    """Page templates have faults; all of them are carried in ``problems``, with file, line and column."""

    code = "templates-refused"
    action = "Mend what is named and send the templates again."


class UndefinedTermError(InputError):
    """A JSON-LD document holds something that its contexts do not define, or that would be dropped."""

    code = "undefined-term"
    action = "Remove the member, or use a context that defines it."


class TooComplexError(InputError):
    """The document needs more work than the budget allows."""

    code = "too-complex"
    action = "Give every object in the document an id."


class MissingGlyphError(InputError):
    """The font of the document has no glyph for a character."""

    code = "missing-glyph"
    action = "Check the spelling of the name, or choose a document font that has the character."


class UnknownFormatError(InputError):
    """No format recognizes the bytes, or no format has the name."""

    code = "unknown-format"
    action = "Send a signed PDF, an Open Badge (JSON, JWT, PNG or SVG) or a share link."


class OAuthError(InputError):
    """An application asked for what OAuth does not allow; ``error`` is the code of RFC 6749."""

    code = "oauth"
    action = "Tell the makers of the application."

    def __init__(self, error: str, message: str) -> None:
        super().__init__(message, facts={"got": error})
        self.error = error


class ConflictError(GakushoError):
    """The request contradicts what is kept."""

    code = "conflict"
    action = "Reload the page to see the present state, then decide again."


class NotFoundError(GakushoError):
    """There is no such thing, or not for this person."""

    code = "not-found"
    action = "Check the address."


class ForbiddenError(GakushoError):
    """This person may not do this."""

    code = "forbidden"
    action = "Ask an administrator of the institution for the role."


class SamePersonError(ForbiddenError):
    """Two people are needed, and this is the first one again."""

    code = "same-person"
    action = "Ask a second person with the role 'approve'."


class KeyMaterialError(GakushoError):
    """A key cannot be used."""

    code = "key"
    action = "Check the institution's keys with `gakusho doctor`."


class WeakKeyError(KeyMaterialError):
    """The key is of small order, too short, or of a kind that is refused."""

    code = "weak-key"
    action = "Use an Ed25519, P-256 or RSA (2048 bits or more) key."


class LockedKeyError(KeyMaterialError):
    """The secret does not open the key."""

    code = "locked-key"
    action = "Check GAKUSHO_SECRET_KEY or the passphrase."


class UnreachableError(GakushoError):
    """Something outside could not be asked."""

    code = "unreachable"
    action = "Try again later."


class ForbiddenAddressError(UnreachableError):
    """The address is one that outside fetches may not go to."""

    code = "forbidden-address"
    action = "Use a public https address."


class SettingsError(GakushoError):
    """The configuration cannot work."""

    code = "settings"
    action = "Correct the setting named; `gakusho doctor` lists them all."


class PluginError(GakushoError):
    """A one-file implementation is not one."""

    code = "plugin"
    action = "Compare the file with a neighbor in the same folder."


def trace_of(error: BaseException) -> str:
    """Give where an error came from, without its words: those may hold names, addresses or whole rows."""
    parts = []
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        frames = [
            f"{PurePath(f.filename).name}:{f.lineno} {f.name}"
            for f in extract_tb(link.__traceback__)[-_FRAMES:]
        ]
        parts.append(f"{type(link).__name__} ({' > '.join(frames) or 'no frames'})")
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return " from ".join(parts)
