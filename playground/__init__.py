"""A self-hosted playground for generation models described by a JSON Schema."""

import os

__version__ = "0.1.0"

# Files of our processes are private to their account (umask): sessions, logs, pictures. Set here,
# because every process imports this first; file_modes.py fixes older files.
os.umask(0o077)
