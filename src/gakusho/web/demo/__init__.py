# SPDX-License-Identifier: Apache-2.0
"""The demo: a fictitious university with a class of graduates, and a mail inbox that shows everything."""
