"""Parses regular expressions of ECMA-262 and writes them for RE2."""
