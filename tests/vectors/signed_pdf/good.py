# SPDX-License-Identifier: Apache-2.0
"""Good files: the untouched twins of the flawed ones, and what judges both."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, partial
from typing import Any

import pikepdf
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from tests.fakes.archive import SCHOOL, TIME, authority, key, tsa
from tests.unit.formats_pdf.test_paper import paper
from tests.vectors.signed_pdf.archives import archived_by_hand
from tests.vectors.signed_pdf.by_hand import Signing, signed
from tests.vectors.signed_pdf.containers import Container, raw
from tests.vectors.signed_pdf.making import (
    LATER,
    LINK,
    NOW,
    University,
    award,
    badge,
    issued,
    university,
)
from tests.vectors.signed_pdf.tokens import token

from gakusho.errors import UnreachableError
from gakusho.fetch import MemoryFetcher
from gakusho.formats import Anchors, DocumentKey, Level
from gakusho.formats._jose import thumbprint
from gakusho.formats._pdf.pades_lasting import Keeping
from gakusho.formats._pdf.page import page_data
from gakusho.formats._pdf.typesetting import Attachment, typeset
from gakusho.formats.signed_pdf import FORMAT
from gakusho.model.report import Report
from gakusho.proof.cms import CmsTemplate
from gakusho.proof.keys import PublicKey
from gakusho.proof.revocation import Evidence
from gakusho.proof.signers.encrypted_key import KeptSigner
from gakusho.registry import PublishedKey, did_document
from gakusho.registry.did_web import did_web_address
from gakusho.verifier.verify import verify

RENEWALS = 5


@dataclass
class Lists:
    """The revocation lists of the school's authority and of the time-stamping one."""

    revoked: Sequence[tuple[int, datetime]] = ()
    """Serial number and time of what the school's authority revoked."""
    made: dict[str, bytes] = field(default_factory=dict)

    def evidence(self, chain: Sequence[bytes]) -> Evidence:
        for name in (SCHOOL, TIME):
            if chain[-1] == authority(name).certificate:
                withdrawn = self.revoked if name == SCHOOL else ()
                if name not in self.made:
                    self.made[name] = authority(name).list(*withdrawn)
                return Evidence(lists=(self.made[name],))
        raise UnreachableError("There is no list of this authority.")


@cache
def school(kind: str = "P-256") -> University:
    """Give the university with a document key of a kind, certified by an authority that keeps lists."""
    signer = key(kind, 2)
    certificates = (authority(SCHOOL).leaf(signer, SCHOOL), authority(SCHOOL).certificate)
    return replace(university(), document=signer, certificates=certificates)


def world(*more: University) -> MemoryFetcher:
    """Give a network in which the universities' DID documents are all there is."""
    known = (university(), school(), school("RSA-2048"), university("minato.example"), *more)
    documents = {}
    for did in {one.issuer.id for one in known}:
        keys = [key for one in known if one.issuer.id == did for key in (one.credential, one.document)]
        listed = [published(did, each.public_key) for each in keys]
        document = did_document(did, list({one.id: one for one in listed}.values()))
        documents[did_web_address(did)[1]] = json.dumps(document).encode()
    return MemoryFetcher(documents, now=lambda: LATER, source="documents")


def published(did: str, key: PublicKey) -> PublishedKey:
    """Give a key as its institution's DID document lists it."""
    if key.algorithm == "RSA":
        return PublishedKey(id=f"{did}#{thumbprint(key)}", multikey="", jwk=key.jwk())
    return PublishedKey(id=f"{did}#{key.multikey()}", multikey=key.multikey())


BELIEVED = Anchors(times=(authority(TIME).certificate,))


def judged(data: bytes, *more: University, now: datetime = LATER, anchors: Anchors = BELIEVED) -> Report:
    """Give the verifier's report on a file, the authority of its time-stamps believed."""
    return verify(data, now=now, fetcher=world(*more), anchors=anchors)


# --- pages ------------------------------------------------------------------------------------------


def unsigned(**changes: Any) -> bytes:
    """Give the page as it is before it is signed, with the badge of the unchanged award inside."""
    given = award(**changes)
    sealed = badge(award(), university())
    inside = Attachment(
        name="open-badges-3.json", media_type=sealed.media_type, data=sealed.data, description="credential"
    )
    data = page_data(given, link=LINK)
    return typeset(given.document.kind, data, at=given.valid_from, attachments=[inside]) + b"\n"


@cache
def page() -> bytes:
    """Give the page of the usual award, unsigned, made once."""
    return unsigned()


def rewritten(data: bytes, change: Callable[[pikepdf.Pdf], object] = lambda _: None) -> bytes:
    """Give a PDF changed and written anew."""
    with pikepdf.open(io.BytesIO(data)) as document:
        change(document)
        output = io.BytesIO()
        document.save(output, static_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        return output.getvalue()


# --- signing by others than the product -------------------------------------------------------------


def sign(
    document: bytes,
    key: KeptSigner,
    certificates: tuple[bytes, ...],
    *,
    permission: MDPPerm | None = MDPPerm.NO_CHANGES,
    field: str = "Other",
    box: tuple[int, int, int, int] | None = None,
) -> bytes:
    """Sign as anybody could: with any key, certifying with any permission, or not certifying."""
    cms = CmsTemplate(key, certificates)
    writer = IncrementalPdfFileWriter(io.BytesIO(document))
    session = PdfCMSEmbedder(new_field_spec=SigFieldSpec(field, box=box)).write_cms(field, writer)
    next(session)
    placeholder = SignatureObject(
        timestamp=NOW, subfilter=SigSeedSubFilter.PADES, bytes_reserved=cms.bytes_reserved
    )
    locking = SigMDPSetup(md_algorithm=cms.digest_algorithm, certify=True, docmdp_perms=permission)
    session.send(SigObjSetup(sig_placeholder=placeholder, mdp_setup=locking if permission else None))
    prepared, output = session.send(SigIOSetup(md_algorithm=cms.digest_algorithm))
    session.send(cms.sign(prepared.document_digest))
    return bytes(output.getvalue())


def ours(document: bytes, permission: MDPPerm | None = MDPPerm.NO_CHANGES) -> bytes:
    """Give the document signed with the university's own key, by a library."""
    return sign(document, university().document, university().certificates, permission=permission)


def container(**changes: Any) -> Container:
    """Give how the university's own key makes a container, changed in a point."""
    usual: dict[str, Any] = {"key": raw(school().document), "certificates": school().certificates}
    return Container(**{**usual, **changes})


def by_hand(document: bytes | None = None, *, cms: Any = None, **changes: Any) -> bytes:
    """Give a page that the university's key signed, everything written by hand, changed in a point."""
    return signed(document or page(), Signing(container=cms or container(), **changes))


def _rsa(**changes: Any) -> Container:
    here = school("RSA-2048")
    return container(key=raw(here.document), certificates=here.certificates, **changes)


# --- levels -----------------------------------------------------------------------------------------


def leveled(kind: str, level: Level, lists: Lists | None = None, *, page: bytes | None = None) -> bytes:
    """Give a document of a level as the product issues it, from its template or on an own page."""
    given, here = award(), school(kind)
    document_key = DocumentKey(
        signer=here.document,
        certificates=here.certificates,
        level=level,
        timestamper=tsa(),
        revocations=lists or Lists(),
    )
    sealing = here.sealing(
        document_key=document_key,
        companions={given.id: (badge(given, here),)},
        papers={given.id: page} if page else {},
    )
    return FORMAT.write([given], sealing)[0].data


def renewed(times: int = RENEWALS) -> bytes:
    """Give a document of B-LTA whose time-stamp was renewed several times."""
    keeping, data = Keeping(tsa(), Lists()), leveled("P-256", Level.B_LTA)
    for _ in range(times):
        data = keeping.extended(data)
    return data


TWINS: dict[str, Callable[[], bytes]] = {
    "as issued": issued,
    "page signed by any tool with our key": lambda: ours(page()),
    "page rewritten by another program": lambda: ours(rewritten(page())),
    "signed by hand with our key": by_hand,
    "signed by hand with our RSA key": lambda: by_hand(cms=_rsa()),
    "signed by hand with RSASSA-PSS": lambda: by_hand(cms=_rsa(pss=(32, "sha256"))),
    "time-stamped by hand": lambda: by_hand(cms=container(token=token)),
    "own paper": lambda: issued(paper=paper()),
    "transcript": lambda: issued(award("transcript")),
    "B-B": partial(leveled, "P-256", Level.B_B),
    "B-T": partial(leveled, "P-256", Level.B_T),
    "B-LT": partial(leveled, "P-256", Level.B_LT),
    "B-LTA": partial(leveled, "P-256", Level.B_LTA),
    "B-LTA renewed five times": renewed,
    "B-LTA, one more time-stamp by hand": lambda: archived_by_hand(leveled("P-256", Level.B_LTA)),
}


@cache
def twin(name: str) -> bytes:
    """Give a good file by its name, made once."""
    return TWINS[name]()
