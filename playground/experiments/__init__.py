"""Experiments: what runs gave, side by side."""
