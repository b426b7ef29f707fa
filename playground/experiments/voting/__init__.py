"""Votes on blind pairs of pictures, and their results."""
