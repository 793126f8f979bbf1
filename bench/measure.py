# SPDX-License-Identifier: Apache-2.0
"""What benchmarks share: wall time, CPU and peak memory of a command with all its processes."""
import os
import subprocess
import sys
import time


def tree(pid):
    found = [pid]
    try:
        for task in os.listdir("/proc/%d/task" % pid):
            for child in open("/proc/%d/task/%s/children" % (pid, task)).read().split():
                found += tree(int(child))
    except (FileNotFoundError, ProcessLookupError):
        pass
    return found


def rss_kb(pid):
    total = 0
    for p in tree(pid):
        try:
            total += sum(int(l.split()[1]) for l in open("/proc/%d/status" % p) if l.startswith("VmRSS"))
        except (FileNotFoundError, ProcessLookupError):
            pass
    return total


def measure(command, sample_rss=False):
    """(wall seconds, CPU seconds, peak RSS of all processes in MB)"""
    before = os.times()
    start = time.monotonic()
    p = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0
    while sample_rss and p.poll() is None:
        peak = max(peak, rss_kb(p.pid))
        time.sleep(0.004)
    p.wait()
    wall = time.monotonic() - start
    after = os.times()
    if p.returncode not in (0, 1, 3):
        sys.exit("%s: exit %d" % (" ".join(command), p.returncode))
    return wall, after.children_user + after.children_system - before.children_user - before.children_system, peak / 1024
