"""Votes on blind pairs of pictures, and the tables that they make."""
