# SPDX-License-Identifier: Apache-2.0
"""A simulator of a certificate machine (証明書発行機): the demo's, to try and to develop against."""
