# SPDX-License-Identifier: Apache-2.0
"""What an institution lets its machines print: the kinds of document, languages, fees and limits."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from gakusho.errors import InputError
from gakusho.issuer import institutions
from gakusho.issuer.access import Actor, Role, record, require
from gakusho.issuer.institutions import InstitutionView
from gakusho.model.document import DOCUMENT_KINDS, DOCUMENT_LANGUAGES
from gakusho.model.text import Text
from gakusho.store.work import Work

SIGN_INS = ("pin", "card", "card-pin")
"""Student number and PIN; the token of the student's card; the card and the PIN."""
MOST_COPIES, MOST_PER_DAY, HIGHEST_FEE = 20, 100, 1_000_000
MOST_PURPOSES, LONGEST_PURPOSE = 20, 60
_SETTING = "kiosk"
_PREFIX = re.compile(r"[A-Z0-9-]{0,12}\Z")
_CURRENCY = re.compile(r"[A-Z]{3}\Z")

TITLES: Mapping[str, Text] = {
    "diploma": Text.of(ja="学位記", en="Diploma"),
    "diploma-vertical": Text.of(ja="学位記（縦書き）", en="Diploma, written downwards"),
    "degree-certificate": Text.of(ja="学位授与証明書", en="Certificate of Degree Conferral"),
    "graduation": Text.of(ja="卒業証明書", en="Certificate of Graduation"),
    "expected-graduation": Text.of(ja="卒業見込証明書", en="Certificate of Expected Graduation"),
    "transcript": Text.of(ja="成績証明書", en="Academic Transcript"),
    "enrollment": Text.of(ja="在学証明書", en="Certificate of Enrollment"),
    "completion": Text.of(ja="修了証書", en="Certificate of Completion"),
    "special-program": Text.of(ja="履修証明書", en="Certificate of Special Program Completion"),
    "micro-credential": Text.of(ja="マイクロクレデンシャル証明書", en="Micro-credential Certificate"),
}
"""What a machine's screen calls each kind of document."""


@dataclass(frozen=True, kw_only=True)
class Fee:
    """What one copy costs: shown by the machine, which takes the money."""

    amount: int = 0
    """In the currency's smallest unit (JPY: yen)."""
    currency: str = "JPY"
    """ISO 4217."""


@dataclass(frozen=True, kw_only=True)
class Offered:
    """One kind of document that machines print."""

    kind: str
    """One of ``gakusho.model.document.DOCUMENT_KINDS``."""
    languages: tuple[str, ...] = ("ja", "en")
    achievements: tuple[str, ...] = ()
    """Ids of the achievements it is printed of; none: of awards that were issued as this kind."""
    fee: Fee = Fee()
    most_copies: int = 5
    """Of one request."""
    most_per_day: int = 10
    """Copies a student may have of this kind in 24 hours."""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What the institution chose for its machines."""

    sign_in: str = "pin"
    """One of ``SIGN_INS``."""
    number_prefix: str = "K"
    """What the issue numbers of printed copies begin with, before year and number."""
    purposes: tuple[str, ...] = ()
    """Purposes (用途) a machine's screen suggests."""
    documents: tuple[Offered, ...] = ()

    def document(self, kind: str) -> Offered | None:
        """Give what is offered of a kind."""
        return next((each for each in self.documents if each.kind == kind), None)


def offer_of(view: InstitutionView) -> Offer:
    """Give what the institution lets its machines print; nothing where it has chosen nothing."""
    kept = view.settings.get(_SETTING)
    return _read(kept) if isinstance(kept, Mapping) else Offer()


def change_offer(work: Work, actor: Actor, offer: Offer) -> Offer:
    """Let the machines print this from now on.

    Raises: ForbiddenError; InputError (``kiosk-offer``) for what no machine could print.
    """
    require(actor, Role.ADMINISTER)
    check(offer)
    institutions.change(work, actor, settings={_SETTING: asdict(offer)})
    kinds = [each.kind for each in offer.documents]
    record(work, actor, "kiosk.offer", actor.institution_id, {"sign_in": offer.sign_in, "documents": kinds})
    return offer


def check(offer: Offer) -> None:
    """Let an offer pass that machines can print. Raises: InputError (``kiosk-offer``)."""
    if offer.sign_in not in SIGN_INS:
        raise _wrong(offer.sign_in, ", ".join(SIGN_INS))
    if not _PREFIX.match(offer.number_prefix):
        raise _wrong(offer.number_prefix, "A-Z, 0-9, -; ≤ 12")
    if len(offer.purposes) > MOST_PURPOSES or any(
        not 0 < len(each) <= LONGEST_PURPOSE for each in offer.purposes
    ):
        raise _wrong(" / ".join(offer.purposes)[:100], f"≤ {MOST_PURPOSES} × {LONGEST_PURPOSE}")
    kinds = [each.kind for each in offer.documents]
    if len(set(kinds)) != len(kinds):
        raise _wrong(", ".join(kinds), "1 × kind")
    for each in offer.documents:
        _check_document(each)


def _check_document(offered: Offered) -> None:
    if offered.kind not in DOCUMENT_KINDS:
        raise _wrong(offered.kind, ", ".join(DOCUMENT_KINDS))
    if not offered.languages or not set(offered.languages) <= set(DOCUMENT_LANGUAGES):
        raise _wrong(", ".join(offered.languages), ", ".join(DOCUMENT_LANGUAGES))
    if not 0 <= offered.fee.amount <= HIGHEST_FEE or not _CURRENCY.match(offered.fee.currency):
        raise _wrong(f"{offered.fee.amount} {offered.fee.currency}", f"0–{HIGHEST_FEE} JPY …")
    if not 1 <= offered.most_copies <= MOST_COPIES:
        raise _wrong(str(offered.most_copies), f"1–{MOST_COPIES}")
    if not offered.most_copies <= offered.most_per_day <= MOST_PER_DAY:
        raise _wrong(str(offered.most_per_day), f"{offered.most_copies}–{MOST_PER_DAY}")
    if len(offered.achievements) > 500:
        raise _wrong(str(len(offered.achievements)), "≤ 500")


def _read(kept: Mapping[str, Any]) -> Offer:
    documents: Sequence[Mapping[str, Any]] = kept.get("documents", ())
    return Offer(
        sign_in=str(kept.get("sign_in", "pin")),
        number_prefix=str(kept.get("number_prefix", "K")),
        purposes=tuple(kept.get("purposes", ())),
        documents=tuple(
            Offered(
                kind=each["kind"],
                languages=tuple(each["languages"]),
                achievements=tuple(each.get("achievements", ())),
                fee=Fee(**each.get("fee", {})),
                most_copies=int(each["most_copies"]),
                most_per_day=int(each["most_per_day"]),
            )
            for each in documents
        ),
    )


def _wrong(got: str, expected: str) -> InputError:
    return InputError(
        "The machines cannot print by these settings.",
        code="kiosk-offer",
        facts={"got": got[:100], "expected": expected},
    )
