# SPDX-License-Identifier: Apache-2.0
"""What the command line of the run says to its cases."""

IMAGE = "localhost/paddock-server:test"
