"""What a form holds: built from a value or from a POST, and changed by edits."""
