"""Compiles a schema to a tree of nodes."""
