# SPDX-License-Identifier: Apache-2.0
"""The registrar's pages."""
