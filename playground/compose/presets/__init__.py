"""What a form starts from, beside the schema's defaults: drafts, presets, earlier runs."""
