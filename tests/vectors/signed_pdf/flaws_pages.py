# SPDX-License-Identifier: Apache-2.0
"""Pages that say other than the credential inside, all signed with the university's own key.

A page can show one thing to eyes and another to programs. What a person sees must not differ from what is
verified, so words that nobody can see do not count as printed.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from tests.vectors.signed_pdf.cases import AS_ISSUED, Attack, cases
from tests.vectors.signed_pdf.good import ours, page, rewritten
from tests.vectors.signed_pdf.making import LINK, NOW, award, badge, university

from gakusho.formats._pdf.page import page_data
from gakusho.formats._pdf.typesetting import Attachment, typeset
from gakusho.formats.signed_pdf import FORMAT
from gakusho.model.award import Award
from gakusho.model.learner import PersonName
from gakusho.model.report import Outcome
from gakusho.model.text import Text
from gakusho.proof.signers.encrypted_key import KeptSigner

REWRITTEN = "page rewritten by another program"
TRANSCRIPT = "transcript"


def with_credential(shown: Award, inside: Award) -> bytes:
    """Give the page of one award with the credential of another inside, unsigned."""
    sealed = badge(inside, university())
    attached = Attachment(
        name="open-badges-3.json", media_type=sealed.media_type, data=sealed.data, description="credential"
    )
    data = page_data(shown, link=LINK)
    return typeset(shown.document.kind, data, at=shown.valid_from, attachments=[attached]) + b"\n"


def shown(change: Callable[[Award], Award], kind: str = "degree-certificate") -> Attack:
    """Give the attack in which the page prints the changed award."""
    return lambda _: ours(with_credential(change(award(kind)), award(kind)))


def _named(given: Award) -> Award:
    return replace(given, learner=replace(given.learner, name=PersonName(full="髙橋 𠮷男")))


def _degree(given: Award) -> Award:
    return replace(given, achievement=replace(given.achievement, name=Text.of(ja="博士（工学）")))


def _dated(given: Award) -> Award:
    return replace(given, awarded_on=date(2016, 3, 25))


def _numbered(given: Award) -> Award:
    return replace(given, issue_number="2026-9999")


def _graded(given: Award) -> Award:
    best = tuple(replace(one, value="秀") for one in given.results)
    return replace(given, results=best)


def _course_more(given: Award) -> Award:
    more = replace(given.results[0], id="urn:uuid:00000000-0000-4000-9000-999999999999", name="量子力学")
    return replace(given, results=(*given.results[:-1], more))


def _by_another(given: Award) -> Award:
    return replace(given, issuer=replace(given.issuer, name=Text.of(ja="湊大学", en="Minato University")))


# --- what eyes see and programs read ------------------------------------------------------------------


def redrawn(change: Callable[[Pdf], object]) -> Attack:
    """Give the attack in which the page is changed before it is signed with our own key."""
    return lambda _: ours(rewritten(page(), change))


@cache
def _forged_page() -> bytes:
    """The same page with another name and degree: what the attacker wants to be seen."""
    return with_credential(_named(_degree(award())), award())


def _operators(document: Pdf) -> bytes:
    content: Any = document.pages[0].obj.Contents
    return bytes(content.read_bytes())


def _draw(document: Pdf, content: bytes) -> None:
    document.pages[0].obj.Contents = document.make_stream(content)


def _with_forged(true: Callable[[bytes], bytes], *, first: bool = False) -> Callable[[Pdf], None]:
    """Give the change in which the true words are hidden in some way, and the forged page is drawn."""

    def change(document: Pdf) -> None:
        with pikepdf.open(io.BytesIO(_forged_page())) as other:
            form = document.copy_foreign(other.make_indirect(_as_form(other)))
        sheet = document.pages[0].obj
        sheet.Resources.XObject = Dictionary(Forged=form)
        alpha = Dictionary(Type=Name.ExtGState, ca=0, CA=0)
        sheet.Resources.ExtGState = Dictionary(Clear=alpha)
        hidden, forged = b"q " + true(_operators(document)) + b" Q", b"\nq /Forged Do Q\n"
        _draw(document, forged + hidden if first else hidden + forged)

    return change


def _as_form(document: Pdf, before: bytes = b"") -> Stream:
    sheet: Any = document.pages[0].obj
    return document.make_stream(
        before + bytes(sheet.Contents.read_bytes()),
        {
            "/Type": Name.XObject,
            "/Subtype": Name.Form,
            "/BBox": Array([0, 0, 596, 842]),
            "/Resources": sheet.Resources,
        },
    )


def _render(mode: int) -> Callable[[bytes], bytes]:
    return lambda true: true.replace(b"BT 0 Tr", b"BT %d Tr" % mode)


def _colored(color: bytes) -> Callable[[bytes], bytes]:
    """Draw everything in one color, as ``g`` or ``scn`` take it."""

    def draw(true: bytes) -> bytes:
        colored = re.sub(rb"/c\d cs( [\d.]+)+ scn", b" " + color, true)
        return re.sub(rb"/c\d CS( [\d.]+)+ SCN", b" 1 G", colored)

    return draw


def _gray_on_gray(true: bytes) -> bytes:
    return b"0.8 g 0 0 596 842 re f " + _colored(b"0.8 g")(true)


def _narrow(true: bytes) -> bytes:
    return true.replace(b"BT 0 Tr", b"BT 0 Tz 0 Tr")


def _flat(true: bytes) -> bytes:
    return true.replace(b"1 0 0 -1 0 0 Tm", b"0 0 0 0 0 0 Tm")


def _masked(document: Pdf) -> None:
    """The true words behind a mask that lets nothing through."""
    black = document.make_stream(
        b"0 g 0 0 596 842 re f",
        {
            "/Type": Name.XObject,
            "/Subtype": Name.Form,
            "/BBox": Array([0, 0, 596, 842]),
            "/Group": Dictionary(S=Name.Transparency, CS=Name.DeviceGray),
        },
    )
    _with_forged(_before(b"/Masked gs"))(document)
    mask = Dictionary(Type=Name.Mask, S=Name.Luminosity, G=black)
    document.pages[0].obj.Resources.ExtGState.Masked = Dictionary(Type=Name.ExtGState, SMask=mask)


def _patterned(document: Pdf) -> None:
    """The true words filled with a pattern of nothing."""
    nothing = document.make_stream(
        b" ",
        {
            "/Type": Name.Pattern,
            "/PatternType": 1,
            "/PaintType": 1,
            "/TilingType": 1,
            "/BBox": Array([0, 0, 9, 9]),
            "/XStep": 9,
            "/YStep": 9,
            "/Resources": Dictionary(),
        },
    )
    _with_forged(_colored(b"/Pattern cs /Nothing scn"))(document)
    document.pages[0].obj.Resources.Pattern = Dictionary(Nothing=nothing)


def _cropped(document: Pdf) -> None:
    """The page is cut to a corner, in which the forged page stands."""
    _with_forged(lambda true: true)(document)
    sheet = document.pages[0].obj
    sheet.CropBox = Array([700, 900, 1000, 1300])
    sheet.MediaBox = Array([0, 0, 1200, 1400])
    content = bytes(sheet.Contents.read_bytes())
    _draw(document, content.replace(b"q /Forged Do Q", b"q .5 0 0 .5 700 880 cm /Forged Do Q"))


def _noted(document: Pdf) -> None:
    """A stamp in the document that shows the forged page over the true one."""
    with pikepdf.open(io.BytesIO(_forged_page())) as other:
        form = document.copy_foreign(other.make_indirect(_as_form(other, b"1 g 0 0 596 842 re f ")))
    note = Dictionary(
        Type=Name.Annot, Subtype=Name.Stamp, F=4, Rect=Array([0, 0, 596, 842]), AP=Dictionary(N=form)
    )
    sheet = document.pages[0].obj
    sheet.Annots = Array([*sheet.Annots, document.make_indirect(note)])


def _tiny(true: bytes) -> bytes:
    return re.sub(rb"/(f\d) [\d.]+ Tf", rb"/\1 0.1 Tf", true)


def _piled(true: bytes) -> bytes:
    """Each letter is set on the place of the one before."""
    return re.sub(rb"/(f\d) ([\d.]+) Tf", rb" -\2 Tc /\1 \2 Tf", true)


def _outlined(true: bytes) -> bytes:
    """The letters are drawn over by their own outlines, wide and white."""
    return _colored(b"0 g")(true).replace(b"BT 0 Tr", b"BT 2 Tr 30 w 1 G")


def _hatched(true: bytes) -> bytes:
    lines = b" ".join(b"0 %d m 596 %d l S" % (up, up) for up in range(0, 842, 3))
    return true + b"\n1 G 3.9 w " + lines


def _haired(true: bytes) -> bytes:
    """As many, each written as our templates write a rule."""
    rule = b"q 1 0 0 -1 0 %d.5 cm/c0 CS 1 1 1 SCN 0.9 w 0 0 m 596 0 l\nS\nQ"
    return true + b"\n" + b"\n".join(rule % up for up in range(842))


def _together(true: bytes) -> bytes:
    """Each letter is set back to where the one before stands."""

    def drawn(found: re.Match[bytes]) -> bytes:
        letters = re.findall(rb"\\[0-7]{1,3}|\\.|[^\\]", found[0][1:-1], re.DOTALL)
        both = zip(letters[::2], letters[1::2], strict=True)
        return b" 990 ".join(b"(%b%b)" % one for one in both)

    word = rb"\((?:[^()\\]|\\.)*\)"
    shown = re.sub(rb"(%b)\s*Tj" % word, rb"[\1]TJ", true, flags=re.DOTALL)
    several = re.compile(rb"\[(?:%b|[-+.\d\s])*\]\s*TJ" % word, re.DOTALL)
    return several.sub(lambda found: re.sub(word, drawn, found[0], flags=re.DOTALL), shown)


def _outlines(true: bytes) -> bytes:
    """Letters of the page again, of which only the outlines are drawn, wide and white."""
    lined = re.sub(rb"(BT) 0 Tr", rb"1 G 30 w \1 1 Tr", true)
    return true + b"\n" + re.sub(rb"/c\d CS[ \d.]+SCN", b"", lined)


def _whitened(true: bytes) -> bytes:
    """The same words once more in white, which takes the black ones away."""
    return true + b"\n" + _colored(b"1 g")(true)


def _small_unit(document: Pdf) -> None:
    document.pages[0].obj.UserUnit = 0.01


def _glyph_over(document: Pdf) -> None:
    """A font of the attacker's whose one letter is a white area of the page's size."""
    _with_forged(_after(b"BT /Cover 1 Tf 1 0 0 1 0 0 Tm (a) Tj ET"))(document)
    letter = document.make_stream(b"600 0 d0 1 g 0 0 600 900 re f")
    document.pages[0].obj.Resources.Font.Cover = document.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type3,
            FontBBox=Array([0, 0, 600, 900]),
            FontMatrix=Array([1, 0, 0, 1, 0, 0]),
            CharProcs=Dictionary(a=letter),
            Encoding=Dictionary(Differences=Array([97, Name.a])),
            FirstChar=97,
            LastChar=97,
            Widths=Array([600]),
            Resources=Dictionary(),
        )
    )


def _picture_over(true: bytes) -> bytes:
    cover = b"q 596 0 0 842 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \xff EI Q"
    return true + b"\n" + cover


def _before(operators: bytes) -> Callable[[bytes], bytes]:
    return lambda true: operators + b" " + true


def _after(operators: bytes) -> Callable[[bytes], bytes]:
    return lambda true: true + b"\n" + operators


def _spoken_otherwise(document: Pdf) -> None:
    """The forged page, whose every piece says in replacement text what the true page says."""
    with pikepdf.open(io.BytesIO(_forged_page())) as other:
        form = document.copy_foreign(other.make_indirect(_as_form(other)))
    sheet = document.pages[0].obj
    sheet.Resources.XObject = Dictionary(Forged=form)
    said = b"".join(
        b"/Span<</ActualText<FEFF%b>>>BDC %b EMC\n" % (words.encode("utf-16-be").hex().upper().encode(), show)
        for words, show in zip(_true_words(), [b"/Forged Do", *([b""] * 20)], strict=False)
    )
    _draw(document, said)


def _true_words() -> list[str]:
    with pikepdf.open(io.BytesIO(page())) as document:
        from gakusho.formats._pdf.text import shown_pieces

        return shown_pieces(document)


def _mapped_otherwise(document: Pdf) -> None:
    """The forged page, whose fonts say of their glyphs what the true page says."""
    with pikepdf.open(io.BytesIO(_forged_page())) as other:
        sheet = document.pages[0].obj
        held: Any = other.pages[0].obj
        sheet.Contents = document.copy_foreign(held.Contents)
        sheet.Resources = document.copy_foreign(other.make_indirect(held.Resources))
    for font in sheet.Resources.Font.values():
        said = bytes(font.ToUnicode.read_bytes())
        for true, forged in (("子", "男"), ("学士", "博士")):
            for a, b in zip(true, forged, strict=True):
                said = said.replace(_hex(b), _hex(a))
        font.ToUnicode = document.make_stream(said, {"/Type": Name.CMap})


def _hex(character: str) -> bytes:
    return b"<%b>" % character.encode("utf-16-be").hex().upper().encode()


def _script(document: Pdf) -> None:
    document.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="app.alert(1)")


def _signed_layer(document: Pdf) -> None:
    layer = document.make_indirect(Dictionary(Type=Name.OCG, Name="grades"))
    document.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer])))


def _signed_field(document: Pdf) -> None:
    field = document.make_indirect(
        Dictionary(FT=Name.Tx, T="grade", V="A", Subtype=Name.Widget, Rect=Array([0, 0, 9, 9]))
    )
    document.Root.AcroForm = Dictionary(Fields=Array([field]))
    document.pages[0].obj.Annots = Array([*document.pages[0].obj.Annots, field])


def _signed_xfa(document: Pdf) -> None:
    form = document.make_stream(b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'/>")
    document.Root.AcroForm = Dictionary(Fields=Array([]), XFA=form)


def _launch(document: Pdf) -> None:
    document.pages[0].obj.AA = Dictionary(O=Dictionary(S=Name.Launch, F="calc.exe"))


# --- what is carried ----------------------------------------------------------------------------------


def _strangers_credential(_: bytes) -> bytes:
    """The credential of another person, certified with this one's page."""
    return ours(with_credential(award(), _named(award())))


def _attackers_credential(_: bytes) -> bytes:
    """The same page and words, with a credential that the attacker signed with a key of his own."""
    from cryptography.hazmat.primitives.asymmetric import ed25519

    attacker = replace(
        university(), credential=KeptSigner(ed25519.Ed25519PrivateKey.from_private_bytes(b"a" * 32))
    )
    given = award()
    sealing = university().sealing(companions={given.id: (badge(given, attacker),)})
    return FORMAT.write([given], sealing)[0].data


def _altered_credential(_: bytes) -> bytes:
    """A credential of the university, altered before it was attached: its own proof does not hold."""
    given = award()
    true = badge(given, university())
    altered = true.data.replace("𠮷子".encode(), "𠮷男".encode())
    assert altered != true.data
    sealing = university().sealing(companions={given.id: (replace(true, data=altered),)})
    return FORMAT.write([given], sealing)[0].data


def _two_versions(_: bytes) -> bytes:
    """Two credentials of one award, both signed by the university, that name two people."""
    given, here = award(), university()
    companions = (badge(given, here), replace(badge(_named(given), here), format="second"))
    return FORMAT.write([given], here.sealing(companions={given.id: companions}))[0].data


def _no_credential(_: bytes) -> bytes:
    """A page from the template with no credential inside."""
    given = award()
    return ours(typeset(given.document.kind, page_data(given, link=LINK), at=NOW) + b"\n")


_MATCH, _ACTIVE, _INSIDE = "pdf.matches-credential", "pdf.active-content", "carried.credential"

CASES = (
    *cases(
        "page and credential",
        AS_ISSUED,
        ("page prints another name", shown(_named), _MATCH),
        ("page prints another degree", shown(_degree), _MATCH),
        ("page prints another date", shown(_dated), _MATCH),
        ("page prints another issue number", shown(_numbered), _MATCH),
        ("page prints another institution", shown(_by_another), _MATCH),
        ("another person's credential attached", _strangers_credential, _MATCH),
        ("credential signed by an attacker attached", _attackers_credential, _INSIDE),
        ("two credentials of one award that differ", _two_versions, "pdf.carried"),
        ("no credential inside", _no_credential, "pdf.carried", Outcome.UNKNOWN),
        ("credential altered before it was attached", _altered_credential, _INSIDE),
    ),
    *cases(
        "page and credential",
        TRANSCRIPT,
        ("page prints another grade", shown(_graded, "transcript"), _MATCH),
        ("page prints another course", shown(_course_more, "transcript"), _MATCH),
    ),
    *cases(
        "words nobody can see",
        REWRITTEN,
        ("true words in no color at all (mode 3)", redrawn(_with_forged(_render(3))), _MATCH),
        ("true words only as a clipping path (mode 7)", redrawn(_with_forged(_render(7))), _MATCH),
        ("true words in white", redrawn(_with_forged(_colored(b"1 g"))), _MATCH),
        ("true words in nearly white", redrawn(_with_forged(_colored(b"0.98 g"))), _MATCH),
        ("true words in the gray of an area under them", redrawn(_with_forged(_gray_on_gray)), _MATCH),
        ("true words filled with a pattern of nothing", redrawn(_patterned), _MATCH),
        ("true words of no width", redrawn(_with_forged(_narrow)), _MATCH),
        ("true words flattened", redrawn(_with_forged(_flat)), _MATCH),
        ("true words behind a mask", redrawn(_masked), _MATCH),
        ("true words cut off by the crop box", redrawn(_cropped), _MATCH),
        ("true words under a stamp", redrawn(_noted), _MATCH),
        ("true words off the page", redrawn(_with_forged(_before(b"1 0 0 1 3000 0 cm"))), _MATCH),
        ("true words a thousandth as large", redrawn(_with_forged(_before(b".001 0 0 .001 0 0 cm"))), _MATCH),
        ("true words in a tenth of a point", redrawn(_with_forged(_tiny)), _MATCH),
        ("true words clipped away", redrawn(_with_forged(_before(b"0 0 0 0 re W n"))), _MATCH),
        ("true words transparent", redrawn(_with_forged(_before(b"/Clear gs"))), _MATCH),
        ("true words under a white area", redrawn(_with_forged(_after(b"1 g 0 0 596 842 re f"))), _MATCH),
        ("true words under a picture", redrawn(_with_forged(_picture_over)), _MATCH),
        ("replacement text says the true words", redrawn(_spoken_otherwise), _MATCH),
        ("true words under many lines", redrawn(_with_forged(_hatched)), _MATCH),
        ("true words under many hairs", redrawn(_with_forged(_haired)), _MATCH),
        ("true words under words in white", redrawn(_with_forged(_whitened)), _MATCH),
        ("true words piled up", redrawn(_with_forged(_piled)), _MATCH, Outcome.UNKNOWN),
        ("true words drawn together", redrawn(_with_forged(_together)), _MATCH, Outcome.UNKNOWN),
        ("true words behind their own outlines", redrawn(_with_forged(_outlined)), _MATCH, Outcome.UNKNOWN),
        (
            "true words behind the outlines of others",
            redrawn(_with_forged(_outlines)),
            _MATCH,
            Outcome.UNKNOWN,
        ),
        ("true words under a letter of the page's size", redrawn(_glyph_over), _MATCH, Outcome.UNKNOWN),
        ("page a hundredth as large", redrawn(_small_unit), _MATCH, Outcome.UNKNOWN),
    ),
    *cases(
        "signed with active content",
        REWRITTEN,
        ("script at opening, signed", redrawn(_script), _ACTIVE),
        ("layer that is off, signed", redrawn(_signed_layer), _ACTIVE),
        ("text field, signed", redrawn(_signed_field), _ACTIVE),
        ("XFA form, signed", redrawn(_signed_xfa), _ACTIVE),
        ("program to start, signed", redrawn(_launch), _ACTIVE),
    ),
)

LIMITS: dict[str, Attack] = {
    "fonts say the true words of other glyphs": redrawn(_mapped_otherwise),
}
"""Pages signed with our own key that lie to eyes untold: what is shown is the credential's words."""
