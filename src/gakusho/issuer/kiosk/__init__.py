# SPDX-License-Identifier: Apache-2.0
"""Certificate machines (証明書発行機): who may print what, and the documents they print."""
