"""Reads any JSON Schema as plain draft 2020-12, and validates values."""
