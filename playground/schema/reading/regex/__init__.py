"""Regular expressions of ECMA-262, read and written again for RE2."""
