# SPDX-License-Identifier: Apache-2.0
"""A credential in a picture: one, whole, and in a picture that is only a picture."""

from __future__ import annotations

import io
import struct
import time
import zlib
from pathlib import Path

import pytest
from PIL import Image as Pillow

from gakusho.errors import GakushoError, LimitError, UnreadableError
from gakusho.formats import Bakes, format_named

BADGE = '{"@context": [], "name": "学士 ]]> <b>&amp;</b>"}'.encode()
TOKEN = b"eyJhbGciOiJFZERTQSJ9.e30.c2ln"
SVG = (
    b'<?xml version="1.0"?>\n'
    b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="5"/></svg>'
)


def baker() -> Bakes:
    found = format_named("open-badges-3")
    assert isinstance(found, Bakes)
    return found


def png(size: int = 8) -> bytes:
    out = io.BytesIO()
    Pillow.new("RGB", (size, size), "red").save(out, "PNG")
    return out.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def with_chunk(image: bytes, made: bytes, *, at: int = 33) -> bytes:
    return image[:at] + made + image[at:]


def itxt(text: bytes, *, packed: bool = False) -> bytes:
    body = zlib.compress(text) if packed else text
    return chunk(b"iTXt", b"openbadgecredential\0" + bytes([packed, 0]) + b"\0\0" + body)


@pytest.mark.parametrize("image", [png(), SVG])
@pytest.mark.parametrize("credential", [BADGE, TOKEN])
def test_what_goes_in_comes_out(image: bytes, credential: bytes) -> None:
    baked = baker().bake(credential, image)
    assert baker().is_image(baked)
    assert baker().unbake(baked) == credential


def test_a_baked_png_is_still_a_picture(tmp_path: Path) -> None:
    file = tmp_path / "badge.png"
    file.write_bytes(baker().bake(BADGE, png()))
    with Pillow.open(file) as image:
        image.load()
        assert image.size == (8, 8)
        assert image.info["openbadgecredential"] == BADGE.decode()


def test_baking_again_replaces() -> None:
    baked = baker().bake(TOKEN, baker().bake(BADGE, png()))
    assert baker().unbake(baked) == TOKEN


def test_a_packed_chunk_is_read() -> None:
    assert baker().unbake(with_chunk(png(), itxt(BADGE, packed=True))) == BADGE


@pytest.mark.parametrize(
    ("image", "code"),
    [
        (png(), "image.no-credential"),
        (with_chunk(png(), itxt(BADGE) + itxt(BADGE)), "image.ambiguous"),
        (with_chunk(png(), itxt(BADGE) + chunk(b"tEXt", b"openbadgecredential\0{}")), "image.ambiguous"),
        (with_chunk(png(), chunk(b"tEXt", b"openbadgecredential\0{}")), "image"),
        (with_chunk(png(), itxt(BADGE)) + b"after", "image"),
        (with_chunk(png(), itxt(BADGE)) + itxt(BADGE), "image"),
        (with_chunk(png(), itxt(BADGE)[:-1] + b"\0"), "image"),
        (with_chunk(png(), chunk(b"iTXt", b"openbadgecredential\0")), "image"),
        (with_chunk(png(), chunk(b"iTXt", b"openbadgecredential\0\2\0\0\0{}")), "image"),
        (with_chunk(png(), chunk(b"iTXt", b"openbadgecredential\0\1\0\0\0no zlib")), "image"),
        (png()[:-12], "image"),
        (png()[:40], "image"),
        (b"\x89PNG\r\n\x1a\n", "image"),
        (b"GIF89a", "image"),
        (SVG, "image.no-credential"),
        (SVG.replace(b"<rect", b"<!DOCTYPE svg><rect"), "image"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG[22:], "image"),
        (SVG[:-3], "image"),
        (SVG.decode().encode("utf-16"), "image"),
        (b"<html xmlns='http://www.w3.org/1999/xhtml'><svg/></html>", "image"),
        (b"<svg xmlns='urn:a:other'><g/></svg>", "image"),
    ],
)
def test_an_image_with_anything_else_is_refused(image: bytes, code: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        baker().unbake(image)
    assert caught.value.code == code


STANDARD = (
    b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
)


def test_the_document_type_that_drawing_programs_write_is_let_pass() -> None:
    drawn = SVG.replace(b"<svg", STANDARD + b"<svg", 1)
    assert baker().check_image(drawn) == "image/svg+xml"
    assert baker().unbake(baker().bake(BADGE, drawn)) == BADGE


@pytest.mark.parametrize(
    "head",
    [
        STANDARD.replace(b"-//W3C//DTD SVG 1.1//EN", b"-//Other//EN"),
        STANDARD.replace(b'">', b'" [<!ENTITY a "b">]>'),
        b'<!DOCTYPE svg SYSTEM "file:///etc/passwd">',
        STANDARD.replace(b"svg PUBLIC", b"html PUBLIC"),
    ],
)
def test_another_document_type_is_not(head: bytes) -> None:
    with pytest.raises(UnreadableError):
        baker().check_image(SVG.replace(b"<svg", head + b"<svg", 1))


def test_an_entity_nobody_declared_is_not() -> None:
    drawn = SVG.replace(b"<svg", STANDARD + b"<svg", 1).replace(b"</svg>", b"<text>&a;</text></svg>")
    with pytest.raises(UnreadableError):
        baker().check_image(drawn)


def test_two_credentials_in_an_svg_are_ambiguous() -> None:
    baked = baker().bake(BADGE, SVG)
    start = baked.index(b"<openbadges:credential")
    end = baked.index(b"</openbadges:credential>") + len(b"</openbadges:credential>")
    with pytest.raises(UnreadableError) as caught:
        baker().unbake(baked[:end] + baked[start:end] + baked[end:])
    assert caught.value.code == "image.ambiguous"


def test_bombs_are_refused() -> None:
    bomb = with_chunk(png(), itxt(b" " * 50_000_000, packed=True))
    assert len(bomb) < 100_000
    with pytest.raises(LimitError):
        baker().unbake(bomb)
    wide = png()[:8] + chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)) + png()[33:]
    with pytest.raises(LimitError):
        baker().check_image(wide)
    with pytest.raises(GakushoError):
        baker().check_image(
            b"<svg xmlns='http://www.w3.org/2000/svg'>" + b"<g>" * 1_000 + b"</g>" * 1_000 + b"</svg>"
        )
    with pytest.raises(GakushoError):
        baker().check_image(b"\x89PNG\r\n\x1a\n" + b"0" * 3_000_000)


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<script href='https://other.example/a.js'/>",
        "<rect onload='alert(1)'/>",
        "<rect ONCLICK='alert(1)'/>",
        "<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'>x</p></foreignObject>",
        "<image href='https://other.example/a.png'/>",
        "<image xmlns:x='http://www.w3.org/1999/xlink' x:href='file:///etc/passwd'/>",
        "<image href='data:image/svg+xml;base64,PHN2Zy8+'/>",
        "<a href='javascript:alert(1)'><rect/></a>",
        "<use href='https://other.example/a.svg#x'/>",
        "<style>@import 'https://other.example/a.css';</style>",
        "<style>rect { fill: url(https://other.example/a) }</style>",
        "<rect style='fill: url(https://other.example/a)'/>",
        "<rect fill='url(//other.example/a)'/>",
        "<animate attributeName='href' values='javascript:alert(1)'/>",
        "<set attributeName='onload' to='alert(1)'/>",
        "<iframe src='https://other.example/'/>",
        "<html:script xmlns:html='http://www.w3.org/1999/xhtml'>alert(1)</html:script>",
        "<?xml-stylesheet href='https://other.example/a.css'?>",
        "<style>rect { fill: \\75rl(x) }</style>",
        "<style>rect { fill: u&#114;l(https://other.example/a) }</style>",
        "<g>" + "<use href='#a'/>" * 20 + "</g>",
    ],
)
def test_a_badge_image_is_only_a_picture(inside: str) -> None:
    image = SVG.replace(b"</svg>", inside.encode() + b"</svg>")
    with pytest.raises(UnreadableError) as caught:
        baker().check_image(image)
    assert caught.value.code == "image-active"


def test_plain_pictures_are_fit() -> None:
    assert baker().check_image(png()) == "image/png"
    plain = SVG.replace(
        b"</svg>",
        b"<defs><linearGradient id='g'/></defs><rect fill='url(#g)' style='stroke:#b33'/>"
        b"<use href='#g'/><text x='1'>\xe5\xad\xa6</text></svg>",
    )
    assert baker().check_image(plain) == "image/svg+xml"


def test_a_page_with_a_drawing_in_it_is_no_image() -> None:
    for data in (b"<html><body><svg></svg></body></html>", b"<!DOCTYPE html><svg/>", b"", b"x <svg/>"):
        assert not baker().is_image(data)
    for data in (
        SVG,
        b"\xef\xbb\xbf" + SVG,
        b"<!-- drawn -->\n<svg>",
        b'<!DOCTYPE svg [<!ENTITY a "b">]><svg/>',
    ):
        assert baker().is_image(data)


def test_telling_an_image_takes_no_time() -> None:
    start = time.process_time()
    for data in (b"<!--" * 20_000, b"<?" * 40_000, b" " * 65_536, b"<?a?>" * 20_000):
        assert not baker().is_image(data)
    assert time.process_time() - start < 2
