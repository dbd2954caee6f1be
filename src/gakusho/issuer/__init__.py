# SPDX-License-Identifier: Apache-2.0
"""What the issuing institution does: upload, rows, awards, sealed, stored, delivered; correct, revoke; who may."""
