"""Error messages in plain words, at the places where a person can correct the value."""
