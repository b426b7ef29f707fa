"""Who works here: workspaces, their members, and the API keys they share."""
