"""The background worker: its clock finds the runs that are due, its threads take their steps."""
