# SPDX-License-Identifier: Apache-2.0
"""The audit log, beside that of Apache ZooKeeper."""
