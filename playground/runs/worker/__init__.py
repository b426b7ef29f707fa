"""The background worker: the clock claims due runs, threads take their steps."""
