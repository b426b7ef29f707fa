"""The WSGI application: gunicorn playground.wsgi"""

import gc
import os
from importlib import import_module

import django
from django.core.wsgi import get_wsgi_application

gc.disable()  # while all is loaded and nothing is garbage: collections took a fifth of that time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playground.settings")
django.setup()

from django.conf import settings  # noqa: E402 - Django is ready only now
from django.template.loader import get_template  # noqa: E402

from playground import static_files  # noqa: E402


def load_views_and_templates() -> None:
    """Load what every web process needs, so that processes forked from this one share it."""
    import_module(settings.ROOT_URLCONF)
    templates = settings.BASE_DIR / "templates"
    for path in templates.rglob("*.html"):
        name = path.relative_to(templates)
        if name.parts[0] != "schema":  # the form engine has a template engine of its own
            get_template(str(name))


static_files.provide()  # before the application, which reads the manifest once
application = get_wsgi_application()
load_views_and_templates()
gc.freeze()  # what is loaded stays, and is not examined again
gc.enable()
