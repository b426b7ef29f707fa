"""Error messages for the fields of a form."""
