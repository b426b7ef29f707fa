"""The tree of nodes that a schema is compiled to."""
