"""Error messages, at the fields where a person can correct the value."""
