# SPDX-License-Identifier: Apache-2.0
"""Programs' interfaces: one protocol, one file."""
