"""The remote APIs: one protocol, one exception hierarchy, modules for each provider."""
