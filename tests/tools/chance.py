# SPDX-License-Identifier: Apache-2.0
"""Randomness of the differential tests. A plain run always draws the same cases, so that a change is
judged by what it changed; `scripts/explore` draws new ones each time by COAMING_SEED=random."""
import os
import random
import sys

FIXED = 20261124


def start(argument):
    """(seed, generator) by the program's argument of that index, else COAMING_SEED, else the fixed one."""
    word = sys.argv[argument] if len(sys.argv) > argument else os.environ.get("COAMING_SEED", str(FIXED))
    seed = random.SystemRandom().randrange(1 << 32) if word == "random" else int(word)
    return seed, random.Random(seed)
