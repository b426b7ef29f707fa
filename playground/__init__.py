"""A self-hosted playground for generation models described by a JSON Schema."""

import os

__version__ = "0.1.0"

# What any process of ours writes is for its own account alone: sessions, logs, people's pictures.
# Here, because every process imports this first; what is older is mended by file_modes.py.
os.umask(0o077)
