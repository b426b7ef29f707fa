"""The entries of a form: built from a value or from a POST, and changed by edits."""
