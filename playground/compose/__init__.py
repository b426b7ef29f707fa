"""The form page: drafts, presets, variables, pasted inputs, running again."""
