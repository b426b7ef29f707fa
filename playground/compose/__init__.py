"""The form page: drafts, presets, variables, pasted inputs, and runs that are made again."""
