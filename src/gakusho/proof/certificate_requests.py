# SPDX-License-Identifier: Apache-2.0
"""Certificate requests: what an authority is given to certify an institution's key. PKCS #10, RFC 2986.

``Signer`` gives raw signatures, wherever the key is, so the request is put together here.
"""

from __future__ import annotations

from asn1crypto import algos, csr, pem, x509

from gakusho.proof import Signer
from gakusho.proof.certificates import (
    DOCUMENT_SIGNING,
    SIGNATURE_ALGORITHMS,
    Subject,
    der_signature,
    name_of,
    public_key_info,
)


def request(signer: Signer, *, subject: Subject) -> bytes:
    """Give the request (PEM) for a certificate that names ``subject`` and is for signing documents.

    Key usage and purpose are asked for by extensionRequest (RFC 2985, section 5.4.2); what stands in the
    certificate is the authority's word. Raises: whatever the key's place raises.
    """
    algorithm = algos.SignedDigestAlgorithm({"algorithm": SIGNATURE_ALGORITHMS[signer.public_key.algorithm]})
    extensions = [
        {
            "extn_id": "key_usage",
            "critical": True,
            "extn_value": x509.KeyUsage({"digital_signature", "non_repudiation"}),
        },
        {"extn_id": "extended_key_usage", "extn_value": x509.ExtKeyUsageSyntax([DOCUMENT_SIGNING])},
    ]
    info = csr.CertificationRequestInfo(
        {
            "version": "v1",
            "subject": name_of(subject),
            "subject_pk_info": public_key_info(signer.public_key),
            "attributes": [{"type": "extension_request", "values": [extensions]}],
        }
    )
    made = csr.CertificationRequest(
        {
            "certification_request_info": info,
            "signature_algorithm": algorithm,
            "signature": der_signature(signer, info.dump()),
        }
    )
    return bytes(pem.armor("CERTIFICATE REQUEST", made.dump()))
