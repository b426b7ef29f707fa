"""The initial values of a form: drafts, presets, earlier runs."""
