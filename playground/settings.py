"""All settings; each environment variable is read once, with its default.

`environment.py` and `service_settings.py` read variables, `fixed_settings.py` has the settings
without variable. `tests/test_readme.py` compares docs/settings.md with these modules.
"""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from playground.environment import (
    env,
    make_folder,
    read_accel_redirect,
    read_admin_path,
    read_bind_address,
    read_encryption_keys,
    read_locale_folder,
    read_number,
    read_port,
    read_proxy_addresses,
    read_seconds,
    read_secret_key,
    read_trusted_proxies,
    read_url,
    read_worker_threads,
)
from playground.fixed_settings import (  # noqa: F401 - Django reads them in this module
    FILE_UPLOAD_HANDLERS,
    LOGGING,
    MIDDLEWARE,
    SECURE_CROSS_ORIGIN_OPENER_POLICY,
    SECURE_CSP,
    SECURE_REFERRER_POLICY,
    X_FRAME_OPTIONS,
)
from playground.languages import ENGLISH, find_languages
from playground.service_settings import (
    read_broker,
    read_database,
    read_mailer,
    read_single_sign_on,
    read_storage,
)

BASE_DIR = Path(__file__).resolve().parent.parent
LOOPBACK_NAMES = ["localhost", "127.0.0.1", "[::1]"]

PORT = read_port()
BIND_ADDRESS = read_bind_address()
# Two processes of eight threads had the highest throughput of small responses on two cores.
WEB_PROCESSES = read_number("WEB_PROCESSES", 2, least=1, most=64)
WEB_THREADS = read_number("WEB_THREADS", 8, least=8, most=100)
# Name of this process in honcho or foreman, like "release.1"; they start the Procfile at once.
PROCESS_NAME = env.str("HONCHO_PROCESS_NAME", default="") or env.str("PS", default="")
DEBUG = env.bool("DEBUG", default=False)
STYLEGUIDE = env.bool("STYLEGUIDE", default=DEBUG)
PUBLIC_BASE_URL = read_url("PUBLIC_BASE_URL", "")
IS_HTTPS = PUBLIC_BASE_URL.startswith("https://")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=LOOPBACK_NAMES)
if PUBLIC_BASE_URL:
    ALLOWED_HOSTS = [*ALLOWED_HOSTS, urlsplit(PUBLIC_BASE_URL).hostname]
DATA_DIR = BASE_DIR / Path(env.str("DATA_DIR", default="data")).expanduser()
MEDIA_ROOT = BASE_DIR / Path(env.str("MEDIA_ROOT", default=str(DATA_DIR / "media"))).expanduser()
make_folder("DATA_DIR", DATA_DIR)
IS_PUBLIC = bool(set(ALLOWED_HOSTS) - set(LOOPBACK_NAMES) or PUBLIC_BASE_URL)
SECRET_KEY = read_secret_key(DATA_DIR, is_public=IS_PUBLIC)

# Stored API keys are encrypted with these; the first one encrypts, all of them decrypt.
ENCRYPTION_KEYS = read_encryption_keys(SECRET_KEY)

MINDVIDEO_API_KEY = env.str("MINDVIDEO_API_KEY", default="")
MINDVIDEO_BASE_URL = read_url("MINDVIDEO_BASE_URL", "https://api.mindvideo.ai")
SANDBOX_URL = read_url("SANDBOX_URL", "")  # set by `make demo`, which starts the sandbox
DEMO_LOGIN = env.bool("DEMO_LOGIN", default=False)  # likewise; effective for loopback only

ADMIN_PATH = read_admin_path()

INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",  # its content: admin_site.py
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "playground.collected_files.CollectedFilesConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_htmx",
    "heroicons",
    "playground.teams",
    "playground.catalog",
    "playground.runs",
    "playground.health",
    "playground.gallery",
    "playground.archive",
    "playground.experiments",
]

ROOT_URLCONF = "playground.urls"
WSGI_APPLICATION = "playground.wsgi.application"
TAGS = [f"playground.{name}" for name in ("icons", "moments", "money", "script_texts", "sentences")]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "playground.teams.single_sign_on.template_context",
            ],
            "builtins": TAGS,
        },
    },
]

DATABASES = {"default": read_database(DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The background engine: Celery with a broker, else threads of the worker, by queue of
# `runs/worker/tasks.py`. Steps mostly wait for the network. The database rows are the queue: lost
# jobs are found by them.
BROKER_URL = read_broker(DATABASES["default"])
WORKER_THREADS = read_worker_threads()
WORKER_PROCESSES = read_number("WORKER_PROCESSES", 1, least=1, most=64)
TASKS = {
    "default": {
        "BACKEND": "playground.celery_backend.CeleryBackend"
        if BROKER_URL
        else "playground.thread_pool.ThreadPoolBackend",
        "QUEUES": [*WORKER_THREADS],
        "OPTIONS": {
            "TASKS": ["playground.runs.worker.tasks.advance", "playground.runs.worker.tasks.post"]
        },
    }
}

# A worker has a lease on each of its steps and renews it with its heartbeat. If it is killed,
# another worker continues the step after this time: short enough for a waiting user, and longer
# than any delay of a heartbeat on a busy machine or database.
LEASE = timedelta(seconds=read_seconds("LEASE_SECONDS", 20, least=1))
HEARTBEAT_SECONDS = min(LEASE.total_seconds() / 4, 5.0)

# Celery's limit for a step: longer than the slowest accepted download, which takes 3 hours.
# Interrupted downloads are resumed.
STEP_LIMIT = timedelta(hours=6)

# How long a request without response is retried with the same idempotency key. Not longer:
# providers forget keys, usually after a day, and would then charge twice.
IDEMPOTENCY_LIFETIME = timedelta(seconds=read_seconds("IDEMPOTENCY_SECONDS", 24 * 60 * 60, least=1))
GIVE_UP_SENDING = timedelta(seconds=read_seconds("GIVE_UP_SENDING_SECONDS", 6 * 60 * 60, least=1))

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"

# Accounts: django-allauth, without sign-up. Its rate limits count in the cache, which all processes
# share.
AUTHENTICATION_BACKENDS = [
    "playground.teams.backends.PasswordBackend",
    "playground.teams.backends.AccountBackend",
]
ACCOUNT_ADAPTER = "playground.teams.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no mail to unknown addresses
ACCOUNT_EMAIL_NOTIFICATIONS = True  # notify people of changes they may not have made
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # a changed address allows a password reset
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Playground: "
PASSWORD_RESET_TIMEOUT = 60 * 60
# In addition to allauth's. `teams/login_limits.py` limits logins, because allauth would count by
# the Host header; "login_failed" only applies to second-factor codes.
ACCOUNT_RATE_LIMITS = {
    "setup": "30/m/ip",
    "join": "30/m/ip",
    "login": None,
    "login_failed": "5/5m/key",
}
ACCOUNT_FORMS = {
    "reset_password": "playground.teams.account_forms.ResetPasswordForm",
    "change_password": "playground.teams.account_forms.ChangePasswordForm",
}
ACCOUNT_SESSION_REMEMBER = True
ALLAUTH_TRUSTED_PROXY_COUNT = read_trusted_proxies(is_https=IS_HTTPS)
FORWARDED_ALLOW_IPS = read_proxy_addresses()
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",  # the table, created by `manage.py release`
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
MFA_ADAPTER = "playground.teams.accounts.MFAAdapter"
MFA_FORMS = {
    "activate_totp": "playground.teams.account_forms.ActivateTOTPForm",
    "authenticate": "playground.teams.account_forms.AuthenticateForm",
    "reauthenticate": "playground.teams.account_forms.ReauthenticateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]  # security keys would need inline scripts
MFA_TOTP_ISSUER = "Playground"

# Single sign-on, if OIDC_SERVER_URL is set. Its login is a link, not a form, because
# `form-action 'self'` also applies to the redirects of a form.
SOCIALACCOUNT_ADAPTER = "playground.teams.single_sign_on.SocialAccountAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"APPS": read_single_sign_on(), "OAUTH_PKCE_ENABLED": True}
}

MAILERS = {"default": read_mailer()}
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="Playground <playground@localhost>")

LANGUAGE_CODE = ENGLISH
LOCALE_PATHS = [*read_locale_folder(BASE_DIR), BASE_DIR / "locale"]  # the first has precedence
LANGUAGES = find_languages(*LOCALE_PATHS)
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
# Part of the installation: each host has its own, outside of the data folder.
STATIC_ROOT = BASE_DIR / Path(env.str("STATIC_ROOT", default="static-collected")).expanduser()
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": read_storage(MEDIA_ROOT),
    "staticfiles": {
        "BACKEND": "playground.stylesheets.BundledStaticFilesStorage",
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},
    },
}
ACCEL_REDIRECT = read_accel_redirect()  # internal nginx location, after our permission check
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# Limit of one file. Without JavaScript, a form of 14 reference pictures is sent in one POST.
UPLOAD_LIMIT_BYTES = 20_000_000
UPLOAD_FILES_AT_ONCE = 14
UPLOAD_LIMIT_PIXELS = 80_000_000
UPLOAD_LIMIT_SIDE = 12_000
# nginx reads the files as a member of the group of MEDIA_ROOT, which new files inherit.
FILE_UPLOAD_PERMISSIONS = 0o640 if ACCEL_REDIRECT else 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o2750 if ACCEL_REDIRECT else 0o700
# Texts only; files above 2.5 MB are stored temporarily. The larger limit is Django's, and that of
# the page for pasted documents; all other URLs have the smaller one.
TEXT_LIMIT_BYTES = 8_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 24_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6_000  # a form of 2,000 controls, each with two meta controls

# An output is at most a video of some minutes. Decoding a picture with more pixels would take half
# a gigabyte (today's models make a fifth of that): it is stored without a thumbnail.
OUTPUT_LIMIT_BYTES = 200_000_000
OUTPUT_LIMIT_PIXELS = 80_000_000

# https only, except for the demo and for health checks, which use plain http without the proxy.
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
)
SECURE_SSL_REDIRECT = IS_HTTPS and not DEMO_LOGIN
SECURE_SSL_HOST = urlsplit(PUBLIC_BASE_URL).netloc or None
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
SECURE_HSTS_SECONDS = read_number("HSTS_SECONDS", 31_536_000, most=63_072_000) if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True

# The prefix `__Host-` prevents other hosts of the same domain from setting the cookie.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True  # scripts read the CSRF token from the form
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "__Host-sessionid" if IS_HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if IS_HTTPS else "csrftoken"
DEVICE_COOKIE_NAME = "__Host-device" if IS_HTTPS else "device"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_ENGINE = "playground.teams.session_store"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30  # maximum age of a session
SESSION_IDLE = timedelta(hours=read_number("SESSION_IDLE_HOURS", 7 * 24, least=1, most=30 * 24))
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if IS_HTTPS else "http"
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL] if PUBLIC_BASE_URL else []
CSRF_FAILURE_VIEW = "playground.web.refuse_csrf"
DEFAULT_EXCEPTION_REPORTER_FILTER = "playground.teams.exception_reports.QuietReporterFilter"
