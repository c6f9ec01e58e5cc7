# SPDX-License-Identifier: Apache-2.0
"""What the failure tests of an ensemble are made of: a network that fails on command, clients that record
what they asked and were told, and a checker of what they recorded."""
