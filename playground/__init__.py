"""A self-hosted playground for generation models described by a JSON Schema."""
