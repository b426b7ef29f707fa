"""Draws pictures for prompts with Pillow, mostly landscapes in layers.

The same scene gives the same picture, byte for byte, with the same versions of Python and Pillow.
"""

from playground.sandbox.art.scene import Scene, draw
from playground.sandbox.art.words import read_prompt

__all__ = ["Scene", "draw", "read_prompt"]
