# SPDX-License-Identifier: Apache-2.0
"""A code on paper that proves itself: a CBOR Web Token that fits into a QR code, verified without a network.

CWT (RFC 8392) in COSE_Sign1 (RFC 9052) with ES256, deflate, base45 (RFC 9285). It proves what it says, not
the paper it stands on: whoever reads it compares name and birth date with what is printed.
"""

from __future__ import annotations

from collections.abc import Sequence

from gakusho.formats import (
    Asking,
    Reading,
    Sealing,
    _paper_claims,
    _paper_picture,
    _paper_tables,
    _paper_text,
    _signed_by,
    _vc,
)
from gakusho.formats._cose import fits
from gakusho.formats._signed_by import check
from gakusho.model.award import Award
from gakusho.model.report import Check, Outcome
from gakusho.model.sealed import Sealed

ON_PAPER = 1_732
"""Letters that fit into a code of version 28 with error correction M (ISO/IEC 18004, table 7): 129 modules,
which is 4.3 cm at 0.33 mm a module."""


class PaperCode:
    """The format: write, read and check."""

    name = "paper-code"
    media_type = "application/vnd.gakusho.paper-code"
    extension = "gk1"

    def recognizes(self, data: bytes) -> bool:
        """Tell whether the bytes are the text of such a code."""
        return _paper_text.looks_like(data)

    def write(self, awards: Sequence[Award], sealing: Sealing) -> list[Sealed]:
        """Give each award as the text of its code; results that do not fit are counted instead.

        Raises: InputError for what cannot be written, KeyMaterialError without a P-256 key.
        """
        return [self._sealed(award, sealing) for award in awards]

    def _sealed(self, award: Award, sealing: Sealing) -> Sealed:
        key = sealing.key_for("P-256")
        whole = True
        data = _paper_text.written(_paper_claims.claims(award, sealing.now), key)
        if len(data) > ON_PAPER:
            whole = False
            data = _paper_text.written(_paper_claims.claims(award, sealing.now, with_results=False), key)
        return Sealed(
            award_id=award.id,
            format=self.name,
            media_type=self.media_type,
            extension=self.extension,
            data=data,
            losses=_paper_claims.losses(award, with_results=whole),
        )

    def read(self, data: bytes) -> Reading:
        """Give what the claims say. Raises: UnreadableError, LimitError."""
        claims = _paper_text.taken_apart(data.strip()).claims
        award = _paper_claims.award(claims)
        _paper_claims.issued_at(claims)
        left_out = _paper_claims.left_out(claims)
        return Reading(
            award=award, status=award.status, claims={"results_left_out": left_out} if left_out else {}
        )

    def checks(self, data: bytes, asking: Asking) -> list[Check]:
        """Check the headers, the key, the signature, and that all results are inside."""
        code = _paper_text.taken_apart(data.strip())
        award = _paper_claims.award(code.claims)
        issuer = award.issuer.id
        problem = _paper_text.header_problem(code)
        if problem is not None:
            return [check("proof.header", Outcome.INVALID, reason=problem)]
        return [
            check("proof.header", Outcome.VALID, got="ES256"),
            *_signed_by.checks(
                asking,
                methods=[f"{issuer}#{_paper_text.key_name(code)}"],
                purpose="assertionMethod",
                fits=lambda key: fits(code.message, key),
                made=_paper_claims.issued_at(code.claims),
            ),
            _vc.binding_check({"issuer": issuer}, [issuer]),
        ]

    def cautions(self, reading: Reading) -> list[Check]:
        """Tell to compare code and paper, and of results that stand on the paper only."""
        found = [check("paper.compare", Outcome.UNKNOWN)]
        if left_out := reading.claims.get("results_left_out"):
            found.append(check("paper.results-left-out", Outcome.UNKNOWN, got=str(left_out)))
        return found

    def tables(self) -> dict[str, object]:
        """Give everything that a reader in another language needs to know of the format, as JSON values."""
        return _paper_tables.tables()

    def is_picture(self, data: bytes) -> bool:
        """Tell whether the bytes are a picture that may show such a code; quick, never raises."""
        return _paper_picture.is_picture(data)

    def in_picture(self, data: bytes) -> bytes:
        """Give the text of the code in a picture. Raises: UnreadableError, LimitError."""
        return _paper_picture.found(data, self.recognizes)


FORMAT = PaperCode()
