# SPDX-License-Identifier: Apache-2.0
"""What certificate machines and their administrators send and get, as JSON."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from gakusho.issuer.institutions import InstitutionView
from gakusho.issuer.kiosk import offer as offers
from gakusho.issuer.kiosk.machines import MachineView
from gakusho.issuer.kiosk.offer import Fee, Offer, Offered
from gakusho.issuer.kiosk.printable import Printable
from gakusho.issuer.kiosk.printing import Asked, PrintView
from gakusho.issuer.kiosk.students import Means
from gakusho.model.text import Text


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TextOut(BaseModel):
    """Words in both languages."""

    ja: str
    en: str

    @classmethod
    def of(cls, text: Text) -> TextOut:
        """Give the words."""
        return cls(ja=text.best("ja", "en"), en=text.best("en", "ja"))


class FeeShape(_Sent):
    """What one copy costs, in the currency's smallest unit."""

    amount: int = Field(default=0, ge=0, le=offers.HIGHEST_FEE)
    currency: str = Field(default="JPY", pattern="^[A-Z]{3}$")


class AboutOut(BaseModel):
    """What a machine shows before anybody has signed in."""

    machine: str
    institution: TextOut
    sign_in: Literal["pin", "card", "card-pin"]
    purposes: list[str]
    time: datetime

    @classmethod
    def of(cls, machine: MachineView, school: InstitutionView, offer: Offer, now: datetime) -> AboutOut:
        """Give it for this machine."""
        return cls(
            machine=machine.label,
            institution=TextOut.of(school.name),
            sign_in=offer.sign_in,  # type: ignore[arg-type]  # checked when it was chosen
            purposes=list(offer.purposes),
            time=now,
        )


class VisitIn(_Sent):
    """Who stands before the machine, by what the institution chose: number and PIN, card, or both."""

    student_number: str = Field(default="", max_length=100)
    pin: str = Field(default="", max_length=40)
    card: str = Field(default="", max_length=200)


class VisitOut(BaseModel):
    """A student signed in, for five minutes."""

    visit: str
    student_number: str
    student_name: str
    expires_at: datetime


class DocumentOut(BaseModel):
    """One document the student may print."""

    document: str = Field(description="To name in the request.")
    kind: str
    title: TextOut
    achievement: TextOut
    awarded_on: date
    languages: list[str]
    fee: FeeShape
    most_copies: int = Field(description="Of one request; 0: the day's copies are used up.")
    left_today: int
    takes_addressee: bool

    @classmethod
    def of(cls, one: Printable) -> DocumentOut:
        """Give it."""
        return cls(
            document=one.id,
            kind=one.kind,
            title=TextOut.of(one.title),
            achievement=TextOut.of(one.achievement),
            awarded_on=one.awarded_on,
            languages=list(one.languages),
            fee=FeeShape(amount=one.fee.amount, currency=one.fee.currency),
            most_copies=one.most_copies,
            left_today=one.left_today,
            takes_addressee=one.takes_addressee,
        )


class PrintIn(_Sent):
    """A request to print."""

    request_id: str = Field(
        min_length=1, max_length=100, description="The machine's own; the same again gives the same."
    )
    document: str = Field(max_length=100)
    language: str = Field(max_length=20)
    copies: int = Field(default=1, ge=0, le=1_000)
    addressee: str = Field(default="", max_length=1_000)
    purpose: str = Field(default="", max_length=1_000)

    def asked(self) -> Asked:
        """Give what is asked for."""
        return Asked(**self.model_dump())


class CopyOut(BaseModel):
    """One copy: a signed PDF of its own."""

    number: int
    issue_number: str
    state: Literal["reserved", "ready", "printed", "failed"]
    attempt: int
    pdf: str = Field(description="Where the machine gets it, while it is ready.")
    verification: str = Field(description="The address in the QR code.")
    code: str | None = Field(description="The verification code (確認番号) printed beside it.")
    reason: str | None


class PrintOut(BaseModel):
    """What was asked for, copy by copy."""

    print: str
    request_id: str
    kind: str
    title: TextOut
    language: str
    addressee: str | None
    purpose: str | None
    fee: FeeShape = Field(description="Of one copy.")
    total: int = Field(description="Of all copies; reprints of what failed are free.")
    copies: list[CopyOut]
    created_at: datetime

    @classmethod
    def of(cls, view: PrintView, public_url: str) -> PrintOut:
        """Give it."""
        return cls(
            print=view.id,
            request_id=view.request_id,
            kind=view.kind,
            title=TextOut.of(offers.TITLES[view.kind]),
            language=view.language,
            addressee=view.addressee,
            purpose=view.purpose,
            fee=FeeShape(amount=view.fee.amount, currency=view.fee.currency),
            total=view.fee.amount * len(view.copies),
            copies=[
                CopyOut(
                    number=each.number,
                    issue_number=each.issue_number,
                    state=each.state,  # type: ignore[arg-type]  # one of the four
                    attempt=each.attempt,
                    pdf=f"/api/kiosk/v1/prints/{view.id}/copies/{each.number}/document.pdf",
                    verification=f"{public_url}/v/{each.verify_code}",
                    code=each.code,
                    reason=each.reason,
                )
                for each in view.copies
            ],
            created_at=view.created_at,
        )


class ReportIn(_Sent):
    """What became of an attempt at a copy."""

    attempt: int = Field(ge=1, le=100)
    outcome: Literal["printed", "failed"]
    reason: str = Field(default="", max_length=1_000)


class ReprintIn(_Sent):
    """Which attempt is to come: 2 for the first reprint."""

    attempt: int = Field(ge=2, le=100)


class MachineIn(_Sent):
    """A new machine."""

    label: str = Field(max_length=100)
    place: str = Field(default="", max_length=200)


class MachineOut(BaseModel):
    """A machine; its token only when it is made."""

    id: str
    label: str
    place: str
    prefix: str
    created_at: datetime
    revoked_at: datetime | None
    seen_at: datetime | None
    token: str | None = None

    @classmethod
    def of(cls, view: MachineView, token: str | None = None) -> MachineOut:
        """Give it."""
        known = {name: getattr(view, name) for name in cls.model_fields if name != "token"}
        return cls(**known, token=token)


class OfferedShape(_Sent):
    """One kind of document that machines print."""

    kind: str = Field(max_length=40)
    languages: list[str] = Field(default=["ja", "en"], max_length=10)
    achievements: list[str] = Field(
        default=[], max_length=500, description="Ids; empty: awards issued as this kind."
    )
    fee: FeeShape = FeeShape()
    most_copies: int = Field(default=5, ge=0, le=1_000)
    most_per_day: int = Field(default=10, ge=0, le=1_000)


class OfferShape(_Sent):
    """What the institution lets its machines print."""

    sign_in: str = Field(default="pin", max_length=20)
    number_prefix: str = Field(default="K", max_length=100)
    purposes: list[str] = Field(default=[], max_length=100)
    documents: list[OfferedShape] = Field(default=[], max_length=100)

    @classmethod
    def of(cls, offer: Offer) -> OfferShape:
        """Give it."""
        return cls(
            sign_in=offer.sign_in,
            number_prefix=offer.number_prefix,
            purposes=list(offer.purposes),
            documents=[
                OfferedShape(
                    kind=each.kind,
                    languages=list(each.languages),
                    achievements=list(each.achievements),
                    fee=FeeShape(amount=each.fee.amount, currency=each.fee.currency),
                    most_copies=each.most_copies,
                    most_per_day=each.most_per_day,
                )
                for each in offer.documents
            ],
        )

    def offer(self) -> Offer:
        """Give the offer."""
        return Offer(
            sign_in=self.sign_in,
            number_prefix=self.number_prefix,
            purposes=tuple(self.purposes),
            documents=tuple(
                Offered(
                    kind=each.kind,
                    languages=tuple(each.languages),
                    achievements=tuple(each.achievements),
                    fee=Fee(amount=each.fee.amount, currency=each.fee.currency),
                    most_copies=each.most_copies,
                    most_per_day=each.most_per_day,
                )
                for each in self.documents
            ),
        )


class MeansIn(_Sent):
    """What one student signs in with; what is left out stays, what is empty is taken away."""

    student_number: str = Field(max_length=100)
    pin: str | None = Field(default=None, max_length=40)
    card: str | None = Field(default=None, max_length=200)

    def means(self) -> Means:
        """Give it."""
        return Means(**self.model_dump())


class Kept(BaseModel):
    """How many were kept."""

    kept: int
