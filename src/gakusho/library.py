# SPDX-License-Identifier: Apache-2.0
"""The library's front door: ``verify`` and ``issue`` with files, clock and network put in.

>>> from datetime import UTC, date, datetime
>>> from gakusho import issue, verify
>>> from gakusho.library import new_key
>>> from gakusho.model.achievement import Achievement
>>> from gakusho.model.award import Award
>>> from gakusho.model.issuer import Issuer
>>> from gakusho.model.learner import Learner, PersonName
>>> from gakusho.model.text import Text

An institution with a key and nothing else (its id is the key), and one award:

>>> key = new_key()
>>> did = key.verification_method.partition("#")[0]
>>> award = Award(
...     id="urn:uuid:3f2a3c5e-6c0e-4a36-9d6b-0f6a1d3b9b11",
...     issuer=Issuer(id=did, name=Text.of(en="Aoba University")),
...     learner=Learner(name=PersonName(full="高橋 花子", romaji="TAKAHASHI Hanako")),
...     achievement=Achievement(
...         id="urn:uuid:7a7e1a0c-2f9b-4a0e-8e0f-2a1f5f0f9a01",
...         type="Certificate",
...         name=Text.of(en="Introduction to Data Science"),
...         description=Text.of(en="A course of fifteen lectures."),
...         criteria=Text.of(en="All assignments and the examination passed."),
...         language="en",
...     ),
...     awarded_on=date(2026, 3, 25),
...     valid_from=datetime(2026, 3, 25, tzinfo=UTC),
... )
>>> badge, = issue([award], key=key)
>>> badge.media_type
'application/vc'

Anybody can verify the bytes, here without a network, since the issuer's id is its key:

>>> report = verify(badge.data, offline=True)
>>> report.outcome, report.headline
(<Outcome.VALID: 'valid'>, <Headline.VALID: 'Valid'>)
>>> report.credential.learner.name.full
'高橋 花子'
>>> report.issuer.knowledge
<Knowledge.KEY: 'key'>

A changed letter is found:

>>> forged = badge.data.replace(b"Introduction to", b"Doctorate in")
>>> verify(forged, offline=True).headline
<Headline.NOT_GENUINE: 'Not genuine'>

The learner can show a part of a credential, when it was signed part by part (with a P-256 key):

>>> from dataclasses import replace
>>> from gakusho import disclosable, disclose
>>> from gakusho.model.award import Result
>>> parts_key = new_key("P-256")
>>> issuer = replace(award.issuer, id=parts_key.verification_method.partition("#")[0])
>>> result = Result(id="urn:uuid:5a0f2c1e-7b1d-4a55-9a0e-2f6b8c1d3e02", name="Score", value="92")
>>> graded = replace(award, issuer=issuer, results=(result,))
>>> copy, = issue(graded, key=parts_key, formats=["open-badges-3-sd"])
>>> pointers = [part.pointer for part in disclosable(copy.data) if "result" not in part.pointer]
>>> shown = disclose(copy.data, pointers)
>>> report = verify(shown, offline=True)
>>> report.headline, report.credential.results
(<Headline.VALID: 'Valid'>, ())

Somebody else can endorse an achievement, and the endorsement goes into every award of it:

>>> from gakusho import endorse
>>> from gakusho.model.endorsement import Endorsement
>>> their_key = new_key()
>>> their_did = their_key.verification_method.partition("#")[0]
>>> word = endorse(
...     Endorsement(
...         id="urn:uuid:0f6d7a52-2c44-4f0c-8f43-3d6c6a1f7b03",
...         endorser=Issuer(id=their_did, name=Text.of(en="Society of Data Scientists")),
...         endorsed_id=award.achievement.id,
...         comment="The course covers what the profession asks for.",
...         valid_from=datetime(2026, 3, 1, tzinfo=UTC),
...     ),
...     key=their_key,
... )
>>> endorsed = replace(award, achievement=replace(award.achievement, endorsements=(word.data,)))
>>> report = verify(issue(endorsed, key=key)[0].data, offline=True)
>>> report.headline, report.carried[0].headline, report.carried[0].issuer.name
(<Headline.VALID: 'Valid'>, <Headline.VALID: 'Valid'>, 'Society of Data Scientists')
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from gakusho.errors import InputError, LimitError, UnreadableError
from gakusho.fetch import (
    CachingFetcher,
    Fetcher,
    FolderFetcher,
    HttpFetcher,
    LayeredFetcher,
    OfflineFetcher,
)
from gakusho.formats import (
    NO_ANCHORS,
    Anchors,
    CredentialKey,
    Disclosable,
    Discloses,
    DocumentKey,
    Sealing,
    recognize,
)
from gakusho.issuer import endorsing
from gakusho.issuer import issue as issuing
from gakusho.model.award import Award
from gakusho.model.endorsement import Endorsement
from gakusho.model.report import Report
from gakusho.model.sealed import Sealed
from gakusho.verifier import verify as verifying
from gakusho.verifier.document_text import with_text


def verify(
    source: str | Path | bytes,
    *,
    offline: bool = False,
    documents: str | Path | None = None,
    at: datetime | None = None,
    anchors: Anchors = NO_ANCHORS,
    text: bool = False,
) -> Report:
    """Give the report on a credential: bytes, a file, or an ``https://`` address.

    ``documents`` is a folder that holds what would otherwise be fetched (DID documents, status lists);
    with ``offline`` nothing else is asked. ``at`` is the moment to judge by, now if left out; it must
    carry a zone. ``anchors`` (``Anchors.of(times=…, signers=…)``, PEM) are the authorities that are believed
    for the times and signers of documents. With ``text`` the words of a signed document are read, too
    (``report.document.text``); no check rests on them.

    Raises:
        UnreadableError: the file cannot be read. A bad *credential* never raises.
        UnreachableError: ``source`` is an address that cannot be fetched.
    """
    fetcher = fetcher_for(offline=offline, documents=documents)
    data = source if isinstance(source, bytes) else _contents(source, fetcher)
    report = verifying.verify(data, now=_moment(at), fetcher=fetcher, anchors=anchors)
    return with_text(report, data) if text else report


def issue(
    awards: Award | Sequence[Award],
    *,
    key: CredentialKey,
    formats: Sequence[str] = ("open-badges-3",),
    more_keys: Sequence[CredentialKey] = (),
    document_key: DocumentKey | None = None,
    documents: Mapping[str, bytes] | None = None,
    at: datetime | None = None,
) -> list[Sealed]:
    """Give every award sealed in every format named, each verified before it is given.

    A batch of a thousand and more is sealed on all cores: on Linux, by copies of this process, if it has no
    other threads.

    ``documents`` holds, by address, what verifiers will fetch: the issuer's DID document (not needed for
    a ``did:key``) and the awards' status lists. Signed PDFs need a ``document_key``; ``open-badges-3-sd``
    needs a P-256 key, as ``key`` or among ``more_keys``, which the issuer's DID document publishes too. An
    RSA key there signs ``vc-jwt`` and ``open-badges-2-signed`` (RS256), for receivers that know no other.

    Raises: UnknownFormatError, InputError, KeyMaterialError, ConflictError when the result does not verify.
    """
    sealing = Sealing(
        now=_moment(at), credential_key=key, more_keys=tuple(more_keys), document_key=document_key
    )
    batch = [awards] if isinstance(awards, Award) else list(awards)
    return issuing.issue_in_parts(batch, formats=formats, sealing=sealing, documents=documents or {})


def endorse(
    endorsement: Endorsement,
    *,
    key: CredentialKey,
    form: str = "vc-jwt",
    documents: Mapping[str, bytes] | None = None,
    at: datetime | None = None,
) -> Sealed:
    """Give an endorsement signed with the endorser's key, verified before it is given.

    ``vc-jwt`` gives a token, ``verifiable-credential`` JSON to be embedded; either goes into
    ``endorsements`` of the achievement, the award or the issuer it is of. ``documents`` holds, by address,
    the endorser's DID document (not needed for a ``did:key``). Open Badges 3.0, EndorsementCredential.

    Raises:
        UnknownFormatError: there is no such format. InputError: it says too little, or the format writes no
        endorsements (``no-endorsements``). KeyMaterialError, ConflictError when it does not verify.
    """
    sealing = Sealing(now=_moment(at), credential_key=key)
    return endorsing.endorse(endorsement, form=form, sealing=sealing, documents=documents or {})


def disclosable(source: str | Path | bytes) -> list[Disclosable]:
    """Give what the holder of a credential (bytes or a file) can show or hold back, in its order.

    Raises:
        InputError: it is of a format that shows all or nothing (``not-selective``), or was derived before.
        UnknownFormatError: it is of no known format. UnreadableError, LimitError.
    """
    data = source if isinstance(source, bytes) else _contents(source, None)
    return _in_parts(data).disclosable(data)


def disclose(source: str | Path | bytes, pointers: Sequence[str]) -> bytes:
    """Give the credential with only what is always shown and the parts at these JSON pointers.

    ``disclosable`` lists the pointers there are.

    Raises:
        InputError: a pointer leads nowhere, or the format shows all or nothing (``not-selective``).
        UnknownFormatError, UnreadableError, LimitError.
    """
    data = source if isinstance(source, bytes) else _contents(source, None)
    return _in_parts(data).disclose(data, pointers)


def new_key(algorithm: str = "Ed25519") -> CredentialKey:
    """Give a new key (Ed25519, P-256 or P-384) under its own ``did:key``; it lives in memory only.

    Raises: KeyMaterialError for another algorithm.
    """
    from gakusho.proof.signers.encrypted_key import SIGNER

    passphrase = secrets.token_bytes(32)
    signer = SIGNER.open(SIGNER.create(algorithm, passphrase), passphrase)
    did = signer.public_key.did_key()
    return CredentialKey(signer=signer, verification_method=f"{did}#{signer.public_key.multikey()}")


def fetcher_for(*, offline: bool = False, documents: str | Path | None = None) -> Fetcher:
    """Give the fetcher that asks the folder of documents first, and the network unless ``offline``."""
    layers: list[Fetcher] = []
    if documents is not None:
        layers.append(FolderFetcher(Path(documents), now=_now))
    layers.append(OfflineFetcher() if offline else CachingFetcher(HttpFetcher(now=_now), now=_now))
    return LayeredFetcher(layers)


def _in_parts(data: bytes) -> Discloses:
    form: object = recognize(data)
    if not isinstance(form, Discloses):
        raise InputError(
            "This format shows all of a credential or nothing.",
            code="not-selective",
            action="Issue it in a format that can be shown in part, such as open-badges-3-sd.",
        )
    return form


def _contents(source: str | Path, fetcher: Fetcher | None) -> bytes:
    if fetcher is not None and isinstance(source, str) and source.startswith("https://"):
        return fetcher.fetch(source, max_bytes=verifying.MAX_BYTES).data
    try:
        with Path(source).open("rb") as file:
            data = file.read(verifying.MAX_BYTES + 1)
    except OSError as error:
        raise UnreadableError(
            f"{source} cannot be read: {error.strerror}.", facts={"got": str(source)}
        ) from error
    if len(data) > verifying.MAX_BYTES:
        raise LimitError(f"{source} has more than {verifying.MAX_BYTES} bytes.", facts={"got": str(source)})
    return data


def _moment(at: datetime | None) -> datetime:
    if at is None:
        return _now()
    if at.tzinfo is None:
        raise ValueError("the moment must carry a zone, such as datetime(2026, 3, 25, tzinfo=UTC)")
    return at.astimezone(UTC)


def _now() -> datetime:
    return datetime.now(UTC)
