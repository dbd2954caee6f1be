# SPDX-License-Identifier: Apache-2.0
"""Who signed, with what: certificates that imitate, keys and algorithms that are weak, odd containers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from asn1crypto import cms, core, parser
from tests.fakes.archive import SCHOOL, authority
from tests.vectors.signed_pdf.by_hand import Covered
from tests.vectors.signed_pdf.cases import Attack, cases
from tests.vectors.signed_pdf.certificates import SERVER, Usage, certificate, key, root
from tests.vectors.signed_pdf.containers import raw
from tests.vectors.signed_pdf.good import by_hand, container, school
from tests.vectors.signed_pdf.making import NOW

BY_HAND = "signed by hand with our key"
BY_HAND_RSA = "signed by hand with our RSA key"
_ATTACKER = "attacker"


def contained(**changes: Any) -> Attack:
    """Give the attack in which the container is made otherwise in one point."""
    return lambda _: by_hand(cms=container(**changes))


def _own(**certified: Any) -> Attack:
    """Give the attack in which our own key signs, with another certificate for it."""

    def make(_: bytes) -> bytes:
        leaf = certificate(raw(school().document), **certified)
        return by_hand(cms=container(certificates=(leaf, authority(SCHOOL).certificate)))

    return make


def _with(kind: str, which: str = _ATTACKER) -> Attack:
    """Give the attack in which another key signs, certified by the true authority."""

    def make(_: bytes) -> bytes:
        leaf = certificate(key(kind, which))
        return by_hand(
            cms=container(key=key(kind, which), certificates=(leaf, authority(SCHOOL).certificate))
        )

    return make


def _same_name_and_serial(_: bytes) -> bytes:
    above, holder = key("P-256", "false authority"), key("P-256", _ATTACKER)
    false = root(above)
    leaf = certificate(holder, issuer=(above, false))
    return by_hand(cms=container(key=holder, certificates=(leaf, false)))


def _true_certificates_beside(_: bytes) -> bytes:
    """The attacker's certificate, with the university's as more of the container."""
    above, holder = key("P-256", "false authority"), key("P-256", _ATTACKER)
    false = root(above)
    leaf = certificate(holder, issuer=(above, false), serial=8)
    return by_hand(cms=container(key=holder, certificates=(leaf, false, *school().certificates)))


def _borrowed_certificate(_: bytes) -> bytes:
    """The university's certificate, and a signature by another key."""
    return by_hand(cms=container(key=key("P-256", _ATTACKER)))


def _issued_by_a_leaf(_: bytes) -> bytes:
    """A certificate that the university's own signing certificate issued, which it may not."""
    leaf, above = school().certificates
    holder = key("P-256", _ATTACKER)
    below = certificate(holder, issuer=(raw(school().document), leaf), serial=9)
    return by_hand(cms=container(key=holder, certificates=(below, leaf, above)))


def _altered(change: Any) -> Attack:
    """Give the attack in which a finished container is altered."""

    def altered(content: bytes) -> bytes:
        made = cms.ContentInfo.load(container()(content))
        made = change(made) or made
        return made if isinstance(made, bytes) else bytes(made.dump(force=True))

    made: Covered = altered
    return lambda _: by_hand(cms=made)


def _no_certificates(made: Any) -> None:
    made["content"]["certificates"] = []


def _no_signer(made: Any) -> None:
    made["content"]["signer_infos"] = []


def _enveloped(made: Any) -> None:
    made["content_type"] = "1.2.840.113549.1.7.3"


def _nested(_: Any) -> bytes:
    """Sequences in sequences, each of unknown length."""
    return b"\x30\x80" * 3_000 + b"\x00\x00" * 900


def _long(made: Any) -> bytes:
    """A length of the first element that reaches beyond the file."""
    whole = bytes(made.dump())
    return b"\x30\x84\x7f\xff\xff\xff" + whole[4:]


def _noise(_: Any) -> bytes:
    return bytes(range(256)) * 4


def _octets(made: Any) -> bytes:
    return bytes(core.OctetString(made.dump()).dump())


def _indefinite(_: bytes) -> bytes:
    """The container in BER, with lengths that nothing states (X.690, section 8.1.3.6)."""
    return by_hand(cms=lambda content: _ber(container()(content)))


def _ber(der: bytes) -> bytes:
    made = b""
    while der:
        _, constructed, _, header, content, trailer = parser.parse(der)
        whole = header + content + trailer
        made += header[:1] + b"\x80" + _ber(content) + b"\0\0" if constructed else whole
        der = der[len(whole) :]
    return made


def _pss(salt: int, mask: str) -> Attack:
    rsa = school("RSA-2048")
    return lambda _: by_hand(
        cms=container(key=raw(rsa.document), certificates=rsa.certificates, pss=(salt, mask))
    )


def _weak_digest(digest: str) -> Attack:
    rsa = school("RSA-2048")
    return lambda _: by_hand(
        cms=container(key=raw(rsa.document), certificates=rsa.certificates, digest=digest)
    )


_KEY, _SIGNATURE = "pdf.signer-key", "pdf.signature"
_LONG_AGO = NOW - timedelta(days=400)

CASES = (
    *cases(
        "signer's certificate",
        BY_HAND,
        ("same name, same serial number, another authority's", _same_name_and_serial, _KEY),
        ("another person's certificate by the same authority", _with("P-256"), _KEY),
        ("true certificates beside the attacker's own", _true_certificates_beside, _KEY),
        ("true certificate, another key's signature", _borrowed_certificate, _SIGNATURE),
        ("certificate issued by one that may not issue", _issued_by_a_leaf, _KEY),
        ("certificate that had expired", _own(begins=_LONG_AGO, ends=NOW - timedelta(days=9)), _KEY),
        ("certificate that was not valid yet", _own(begins=NOW + timedelta(days=2)), _KEY),
        ("certificate that is not for signing", _own(usage=Usage(signing=False)), _KEY),
        ("certificate for web servers alone", _own(usage=Usage(purposes=SERVER, critical=True)), _KEY),
    ),
    *cases(
        "weak keys and algorithms",
        BY_HAND,
        ("RSA key of 1024 bits", _with("RSA-1024"), _KEY),
        ("key on P-192", _with("P-192"), _KEY),
        ("key on P-224", _with("P-224"), _KEY),
    ),
    *cases(
        "weak keys and algorithms",
        BY_HAND_RSA,
        ("digest SHA-1", _weak_digest("sha1"), _SIGNATURE),
        ("digest MD5", _weak_digest("md5"), _SIGNATURE),
        ("RSASSA-PSS with a mask of SHA-1", _pss(32, "sha1"), _SIGNATURE),
        ("RSASSA-PSS with a mask of MD5", _pss(32, "md5"), _SIGNATURE),
    ),
    *cases(
        "signed attributes",
        BY_HAND,
        ("no signed attributes", contained(attributes=False), _SIGNATURE),
        ("content type that is another", contained(content_type="signed_data"), _SIGNATURE),
        ("digest of another document", contained(stated_digest=bytes(32)), _SIGNATURE),
        (
            "another certificate named as the signer's",
            contained(named=authority(SCHOOL).certificate),
            _SIGNATURE,
        ),
        ("no certificate named as the signer's", contained(named=b""), _SIGNATURE),
    ),
    *cases(
        "signature container",
        BY_HAND,
        ("two signers in one container", contained(signers=2), _SIGNATURE),
        ("no signer in the container", _altered(_no_signer), _SIGNATURE),
        ("no certificate in the container", _altered(_no_certificates), _SIGNATURE),
        ("content inside the container", contained(inside=b"not the document"), _SIGNATURE),
        ("container of another kind", _altered(_enveloped), _SIGNATURE),
        ("container that says another length", _altered(_long), _SIGNATURE),
        ("container nested 3,000 deep", _altered(_nested), _SIGNATURE),
        ("container of lengths that nothing states", _indefinite, _SIGNATURE),
        ("container of noise", _altered(_noise), _SIGNATURE),
        ("container wrapped once more", _altered(_octets), _SIGNATURE),
    ),
)
