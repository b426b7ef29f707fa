"""Blocks or ends processes at their start; Python imports it if the folder is in PYTHONPATH.

HOOK_PROCESS  selects processes: words of their command lines, separated by "|"
HOOK_BLOCK    path of a file: the processes are blocked while it exists
HOOK_OUTPUT   text that they print before they exit with an error
HOOK_SPEED    in `playground.launch`: factor by which its clock is faster
"""

import os
import sys
import time
from pathlib import Path

command = " ".join(sys.orig_argv)

if "playground.launch" in command and "HOOK_SPEED" in os.environ:
    monotonic, speed = time.monotonic, float(os.environ["HOOK_SPEED"])
    time.monotonic = lambda: monotonic() * speed

if any(word in command for word in os.environ.get("HOOK_PROCESS", "\0").split("|")):
    while (block := os.environ.get("HOOK_BLOCK")) and Path(block).exists():
        time.sleep(0.02)
    if "HOOK_OUTPUT" in os.environ:
        sys.stdout.write(f"{os.environ['HOOK_OUTPUT']}\n")
        sys.stdout.flush()
        os._exit(3)
