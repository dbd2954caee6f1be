# SPDX-License-Identifier: Apache-2.0
"""Places a key lives: one file each."""
