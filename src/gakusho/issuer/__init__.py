# SPDX-License-Identifier: Apache-2.0
"""What the issuing institution does, from the upload to the claim, and who may do it."""
