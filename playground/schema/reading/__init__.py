"""Normalises any JSON Schema to draft 2020-12, and validates values."""
