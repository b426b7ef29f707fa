"""Python runs this at the start of every process that has the folder in its PYTHONPATH.

SEAM_PROCESS  a word of the command line of the processes that are meant, or some, between bars
SEAM_HOLD     a file: while it is there, they do not get on
SEAM_LAST     what they print, to end at once with an error
SEAM_FASTER   in the command that starts everything: how much faster its clock runs
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
