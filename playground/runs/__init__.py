"""Runs: from the press of Generate to the pictures in our own storage."""
