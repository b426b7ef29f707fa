"""Runs: from the accepted request to the stored result."""
