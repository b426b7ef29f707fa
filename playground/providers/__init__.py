"""The remote APIs: one protocol, one family of errors, modules for each provider."""
