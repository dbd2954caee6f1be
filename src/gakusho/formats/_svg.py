# SPDX-License-Identifier: Apache-2.0
"""A credential inside an SVG, and whether an SVG is only a picture.

The reader is expat with declarations refused, so there are no entities to expand.
Open Badges 3.0, section 5.3.2; Open Badges 2.0, Baking.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.parsers import expat
from xml.sax.saxutils import escape

from gakusho.errors import LimitError, UnreadableError

NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
NAMESPACE_2 = "http://openbadges.org"
SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
MAX_CREDENTIAL = 8 * 1_048_576
_MAX_ELEMENTS, _MAX_DEPTH, _MAX_USES = 20_000, 64, 8
_MAX_HEAD, _MAX_PROLOG = 65_536, 8
_CREDENTIAL, _ASSERTION = f"{NAMESPACE} credential", f"{NAMESPACE_2} assertion"
_ELEMENTS = {"open-badges-2": ("assertion", NAMESPACE_2), "open-badges-3": ("credential", NAMESPACE)}

_PICTURE = frozenset(
    re.findall(
        r"\w+",
        """svg g defs path rect circle ellipse line polyline polygon text tspan textPath title desc metadata
        linearGradient radialGradient stop clipPath mask pattern use symbol marker style image switch filter
        feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting
        feDistantLight feDisplacementMap feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur
        feMerge feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile
        feTurbulence""",
    )
)
_INSIDE = re.compile(r"#[\w.:-]+\Z|data:image/(?:png|jpeg|gif);base64,[A-Za-z0-9+/=\s]*\Z")
_REACHES_OUT = re.compile(r"@import|expression\s*\(|javascript:|url\(\s*(?!['\"]?#)|\\", re.IGNORECASE)


class _Reader:
    """One pass over an SVG: its credentials, what is not a picture, where the root's content begins."""

    def __init__(self) -> None:
        self.credentials: list[str] = []
        self.problems: list[str] = []
        self.content_at: int | None = None
        self._depth = 0
        self._elements = 0
        self._uses = 0
        self._open: list[str] = []
        self._text: list[str] | None = None
        self._verify = ""
        self._waiting = False
        self._style: list[str] = []
        self._parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self._doctype
        parser.SkippedEntityHandler = self._undeclared
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.CommentHandler = self._other
        parser.ProcessingInstructionHandler = self._instruction

    def read(self, image: bytes) -> None:
        try:
            image.decode("utf-8")
            self._parser.Parse(image, True)  # noqa: FBT003  # expat takes it by position
        except UnicodeDecodeError:
            raise _broken("it is not UTF-8") from None
        except expat.ExpatError as error:
            raise _broken(expat.errors.messages.get(error.code, "it is not well-formed")) from None

    def _doctype(self, name: str, _: object, public: str | None, inner: int) -> None:
        # Drawing programs write the standard document type; expat does not fetch it. Any other, and any
        # declarations of its own, are what attacks are made of.
        if inner or name != "svg" or not (public or "").startswith("-//W3C//DTD SVG "):
            raise _broken("it declares a document type of its own")

    def _undeclared(self, *_: object) -> None:
        raise _broken("it refers to an entity")

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._here()
        self._depth += 1
        self._elements += 1
        if self._depth > _MAX_DEPTH or self._elements > _MAX_ELEMENTS:
            raise LimitError("The SVG is too deep or has too many elements.")
        if self._depth == 1:
            if name != f"{SVG} svg":
                raise _broken("its root is not svg")
            self._waiting = True
        if name in {_CREDENTIAL, _ASSERTION}:
            self._text = []
            self._verify = attributes.get("verify", "")
        self._open.append(name)
        self._judge(name, attributes)

    def _end(self, name: str) -> None:
        if self._waiting:
            raise _broken("it is empty")
        if name in {_CREDENTIAL, _ASSERTION} and self._text is not None:
            inside = "".join(self._text).strip()
            # Of version 2, the attribute says where the assertion inside is hosted; of version 3 it is
            # the credential itself, and then there is nothing inside.
            hosted = name == _ASSERTION and inside
            self.credentials.append(inside if hosted else self._verify.strip() + inside)
            self._text = None
        # The text comes in pieces; only the whole shows what a character reference put together.
        if name == f"{SVG} style":
            if _REACHES_OUT.search("".join(self._style)):
                self.problems.append("a style that reaches outside")
            self._style = []
        self._open.pop()
        self._depth -= 1

    def _characters(self, text: str) -> None:
        self._here()
        if self._text is not None:
            self._text.append(text)
        if f"{SVG} style" in self._open:
            self._style.append(text)

    def _other(self, _: str) -> None:
        self._here()

    def _instruction(self, target: str, _: str) -> None:
        self._here()
        self.problems.append(f"the instruction {target[:40]}")

    def _here(self) -> None:
        if self._waiting:
            self.content_at = self._parser.CurrentByteIndex
            self._waiting = False

    def _judge(self, name: str, attributes: Mapping[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        if space == SVG and local not in _PICTURE:
            self.problems.append(f"the element {local[:40]}")
        if space not in {SVG, NAMESPACE, NAMESPACE_2} and f"{SVG} metadata" not in self._open:
            self.problems.append(f"the element {local[:40]} of another vocabulary")
        self._uses += local == "use"
        if self._uses > _MAX_USES:
            self.problems.append("too many use elements")
        for attribute, value in attributes.items():
            self._judge_attribute(attribute, value)

    def _judge_attribute(self, attribute: str, value: str) -> None:
        space, _, local = attribute.rpartition(" ")
        if local.lower().startswith("on"):
            self.problems.append(f"the event handler {local[:40]}")
        elif local in {"href", "src"} and space in {"", _XLINK}:
            if not _INSIDE.match(value.strip()):
                self.problems.append(f"a reference to {value[:60]}")
        elif local != "verify" and _REACHES_OUT.search(value):
            self.problems.append(f"{local[:40]} that reaches outside")


def looks_like(data: bytes) -> bool:
    """Tell whether the bytes may be an SVG; quick."""
    head = data[:_MAX_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()
    for _ in range(_MAX_PROLOG):
        end = b"?>" if head.startswith(b"<?") else b"-->" if head.startswith(b"<!--") else None
        if end is None:
            break
        head = head.partition(end)[2].lstrip()
    return re.match(rb"<(?:svg[\s>/]|!DOCTYPE\s{1,20}svg\b)", head) is not None


def check(image: bytes) -> None:
    """Refuse an SVG that is more than a picture: scripts, handlers, what reaches outside.

    Raises: UnreadableError naming what was found; LimitError.
    """
    reader = _Reader()
    reader.read(image)
    if reader.problems:
        found = ", ".join(dict.fromkeys(reader.problems))[:500]
        raise UnreadableError(
            f"The SVG is more than a picture: {found}.",
            code="image-active",
            action="Save the image as plain SVG or PNG and send it again.",
            facts={"got": found, "expected": "a picture without scripts and outside references"},
        )


def put(credential: bytes, image: bytes, place: str = "open-badges-3") -> bytes:
    """Give the image with the credential as its first element. Raises: UnreadableError, LimitError."""
    reader = _Reader()
    reader.read(image)
    if reader.credentials:
        raise UnreadableError("The SVG holds a credential already.", code="image.ambiguous")
    if reader.content_at is None:
        raise _broken("it is empty")
    text = credential.decode("utf-8")
    local, namespace = _ELEMENTS[place]
    begin = f'<openbadges:{local} xmlns:openbadges="{namespace}"'
    if text.startswith("{"):
        inside = f"<![CDATA[{text}]]>" if "]]>" not in text else escape(text)
        element = f"{begin}>{inside}</openbadges:{local}>"
    else:
        element = f'{begin} verify="{escape(text)}"/>'
    return image[: reader.content_at] + element.encode() + image[reader.content_at :]


def get(image: bytes) -> bytes:
    """Give the one credential inside. Raises: UnreadableError when there is none, or more than one."""
    reader = _Reader()
    reader.read(image)
    if len(reader.credentials) != 1:
        raise UnreadableError(
            f"The image holds {len(reader.credentials)} credentials; expected one.",
            code="image.ambiguous" if reader.credentials else "image.no-credential",
            facts={"got": str(len(reader.credentials)), "expected": "1"},
        )
    found = reader.credentials[0].encode()
    if len(found) > MAX_CREDENTIAL:
        raise LimitError(f"The credential inside the image has more than {MAX_CREDENTIAL} bytes.")
    return found


def _broken(reason: str) -> UnreadableError:
    return UnreadableError(
        f"The SVG cannot be read: {reason}.", code="image", facts={"got": reason, "expected": "a plain SVG"}
    )
