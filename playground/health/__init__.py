"""Whether an installation works: /healthz, /readyz and `manage.py doctor`."""
