"""The tree of nodes that a schema is compiled to: what can be entered, and where."""
