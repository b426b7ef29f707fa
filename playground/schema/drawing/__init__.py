"""Draws the entries of a form as HTML."""
