"""The remote services that run models: one protocol, one family of errors, a module for each."""
