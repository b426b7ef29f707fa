"""The WSGI application: gunicorn playground.wsgi"""

import os

import django
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playground.settings")
django.setup()

from playground import static_files  # noqa: E402 - Django is ready only now

static_files.provide()  # the application reads once which there are, when it is made
application = get_wsgi_application()
