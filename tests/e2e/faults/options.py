# SPDX-License-Identifier: Apache-2.0
"""What tests/e2e/run was asked for."""

import random

SECONDS = 4.0  # of faults in each case, and twice that where they are mixed
SEED = random.randrange(1 << 32)
KEEP = None  # a directory that takes the histories and logs of cases that failed
