# SPDX-License-Identifier: Apache-2.0
"""From bytes to a report; works with no database."""
