# SPDX-License-Identifier: Apache-2.0
"""What is kept: tables, queries, files, migrations, durable jobs."""
