"""Workspaces, members, accounts and API keys."""
