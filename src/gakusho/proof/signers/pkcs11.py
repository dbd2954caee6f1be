# SPDX-License-Identifier: Apache-2.0
"""A key in hardware, or a program that stands in for it: a token behind PKCS #11 (OASIS, version 2.40).

Nothing is loaded here: the one that talks to the token comes from above (``reached``). What is kept is the
module's path, the token's serial number and label, its PIN, and the key's id.
"""

from __future__ import annotations

from gakusho.errors import KeyMaterialError
from gakusho.proof.outside import OutsideKeys

# DER of DigestInfo up to the digest itself, RFC 8017, section 9.2, note 1
_DIGEST_INFOS = {
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha384": bytes.fromhex("3041300d060960864801650304020205000430"),
}


def rsa_input(digest: bytes, algorithm: str) -> bytes:
    """Give what CKM_RSA_PKCS signs for a digest: its DigestInfo. PKCS #11, section 2.1.6; RFC 8017, 9.2.

    Raises: KeyMaterialError for an algorithm that is not used here.
    """
    try:
        return _DIGEST_INFOS[algorithm] + digest
    except KeyError:
        raise KeyMaterialError("The digest is of another kind.", facts={"got": algorithm}) from None


SIGNER = OutsideKeys(name="pkcs11", place=("module", "serial", "label", "pin", "id"))
