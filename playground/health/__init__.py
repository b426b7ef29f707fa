"""Health of an installation: /healthz, /readyz and `manage.py doctor`."""
