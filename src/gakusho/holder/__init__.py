# SPDX-License-Identifier: Apache-2.0
"""What the learner does: claim, wallet, share, present, export."""
