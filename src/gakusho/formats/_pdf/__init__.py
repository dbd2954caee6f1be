# SPDX-License-Identifier: Apache-2.0
"""The parts of the signed PDF: set a page, check a paper, certify, examine."""
