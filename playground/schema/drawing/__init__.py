"""HTML for the entries of a form."""
