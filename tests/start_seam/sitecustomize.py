"""Blocks or ends processes at their start; Python imports it if the folder is in PYTHONPATH.

SEAM_PROCESS  selects processes: words of their command lines, separated by "|"
SEAM_HOLD     path of a file: the processes are blocked while it exists
SEAM_LAST     text that they print before they exit with an error
SEAM_FASTER   in `playground.launch`: factor by which its clock is faster
"""

import os
import sys
import time
from pathlib import Path

command = " ".join(sys.orig_argv)

if "playground.launch" in command and "SEAM_FASTER" in os.environ:
    monotonic, faster = time.monotonic, float(os.environ["SEAM_FASTER"])
    time.monotonic = lambda: monotonic() * faster

if any(word in command for word in os.environ.get("SEAM_PROCESS", "\0").split("|")):
    while (hold := os.environ.get("SEAM_HOLD")) and Path(hold).exists():
        time.sleep(0.02)
    if "SEAM_LAST" in os.environ:
        sys.stdout.write(f"{os.environ['SEAM_LAST']}\n")
        sys.stdout.flush()
        os._exit(3)
