# SPDX-License-Identifier: Apache-2.0
"""What the members of an ensemble say of themselves, beside those of an ensemble of Apache ZooKeeper."""
