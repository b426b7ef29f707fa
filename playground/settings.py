"""Every setting, and every environment variable, read here once with its default beside it.

The README's table of settings is compared with this file by `tests/test_readme.py`.
"""

import base64
import contextlib
import hashlib
import math
import os
import re
import secrets
import tempfile
from datetime import timedelta
from importlib.util import find_spec
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from environ.fileaware_mapping import FileAwareMapping

BASE_DIR = Path(__file__).resolve().parent.parent
MAIL_SCHEMES = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
LOOPBACK_NETWORKS = ["127.0.0.0/8", "::1"]
LOOPBACK_NAMES = ["localhost", "127.0.0.1", "[::1]"]


class NamedFiles(FileAwareMapping):  # type: ignore[misc]  # django-environ has no types
    """The environment; what NAME_FILE is set to is read from that file, as NAME."""

    def __getitem__(self, key: str) -> str:
        try:
            value = str(super().__getitem__(key))
        except (OSError, UnicodeDecodeError) as error:
            path, why = self.env[f"{key}_FILE"], getattr(error, "strerror", "") or "it is no text"
            raise ImproperlyConfigured(f"{key}_FILE: {path} cannot be read: {why}.") from error
        if self.env.get(f"{key}_FILE"):
            value = value.removesuffix("\n").removesuffix("\r")  # editors end the line
        # A secret may begin with a $: by itself django-environ takes that for another's name.
        return value.replace("$", r"\$")


class Environment(environ.FileAwareEnv):  # type: ignore[misc]  # see above
    ENVIRON = NamedFiles()


env = Environment()
env.escape_proxy = True


def read_number(name: str, default: int, *, least: int = 0, most: int) -> int:
    text = str(env.str(name, default=str(default)))
    if not text.isdecimal() or not least <= int(text) <= most:
        raise ImproperlyConfigured(
            f"{name} is {text!r}: set it to a number from {least} to {most}."
        )
    return int(text)


def read_trusted_proxies() -> int:
    """Return how many proxies of ours stand before the pages: one at least where they have https.

    gunicorn speaks plain http, so it is a proxy that ends TLS, and says so with each request.
    """
    count = read_number("TRUSTED_PROXIES", 1 if IS_HTTPS else 0, most=10)
    if IS_HTTPS and not count:
        raise ImproperlyConfigured(
            "TRUSTED_PROXIES is 0, but the https of PUBLIC_BASE_URL comes by a proxy: set it to 1."
        )
    return count


def read_proxy_addresses() -> list[str]:
    """Return the addresses and networks whose word is taken about where a request comes from."""
    addresses = [str(each) for each in env.list("FORWARDED_ALLOW_IPS", default=LOOPBACK_NETWORKS)]
    for address in addresses:
        try:
            _ = address == "*" or ip_network(address)
        except ValueError as error:
            raise ImproperlyConfigured(
                f"FORWARDED_ALLOW_IPS is {','.join(addresses)!r}: set it to addresses or networks "
                "of your proxies, as 10.0.0.0/8, separated by commas."
            ) from error
    return addresses


def read_bind_address() -> str:
    text = str(env.str("BIND_ADDRESS", default="127.0.0.1"))
    try:
        return f"[{text}]" if ip_address(text).version == 6 else text  # noqa: PLR2004 - IPv6
    except ValueError as error:
        raise ImproperlyConfigured(
            f"BIND_ADDRESS is {text!r}: set it to an address of this machine, or to 0.0.0.0 for "
            "all of them."
        ) from error


def read_port() -> int:
    text = env.str("PORT", default="8000")
    if not text.isdecimal() or not 0 < int(text) < 65536:  # noqa: PLR2004 - TCP's own limit
        raise ImproperlyConfigured(f"PORT is {text!r}: set it to a number from 1 to 65535.")
    return int(text)


def read_url(name: str, default: str) -> str:
    """Return an http(s) address without its closing slash, or "" where none is set."""
    text = str(env.str(name, default=default)).rstrip("/")
    parts = urlsplit(text)
    if text and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ImproperlyConfigured(f"{name} is {text!r}: set it to an address like https://host.")
    return text


def read_admin_path() -> str:
    path = str(env.str("ADMIN_PATH", default="")).strip("/")
    if path and not re.fullmatch(r"[\w-]+", path, re.ASCII):
        raise ImproperlyConfigured(f"ADMIN_PATH is {path!r}: set it to a word like back-office.")
    return path


def read_accel_redirect() -> str:
    path = str(env.str("ACCEL_REDIRECT", default="")).strip("/")
    if path and not re.fullmatch(r"[\w/-]+", path, re.ASCII):
        raise ImproperlyConfigured(
            f"ACCEL_REDIRECT is {path!r}: set it to a path like /protected/."
        )
    if path and env.str("S3_BUCKET", default=""):
        raise ImproperlyConfigured("ACCEL_REDIRECT is set: nginx does not have what S3_BUCKET has.")
    return f"/{path}/" if path else ""


def read_seconds(name: str, default: float, *, least: float) -> float:
    text = env.str(name, default=str(default))
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not least <= seconds <= 24 * 60 * 60:
        raise ImproperlyConfigured(
            f"{name} is {text!r}: set it to a number of seconds from {least:g} to 86400."
        )
    return seconds


def make_folder(name: str, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name}: the folder {folder} cannot be made: {error}"
        ) from error


def read_secret_key() -> str:
    """Return the key from the environment, else the one kept in the data folder."""
    if key := env.str("SECRET_KEY", default=""):
        return str(key)
    if set(ALLOWED_HOSTS) - set(LOOPBACK_NAMES) or PUBLIC_BASE_URL:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set: outside this machine it must be, to a long random text."
        )
    kept = DATA_DIR / "secret_key"
    if not kept.exists():
        keep_first(kept, secrets.token_urlsafe(50))
    return kept.read_text()


def keep_first(path: Path, text: str) -> None:
    """Write a file for this account alone, unless there is one: whole, or not at all.

    Of processes that start at once, one is first, and all of them read what it wrote.
    """
    with tempfile.NamedTemporaryFile("w", dir=path.parent) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(file.name, path)


def read_encryption_keys() -> list[str]:
    """Return those of the environment, and last the one that serves where it names none.

    So what was stored before ENCRYPTION_KEYS was first set can still be opened, and rotated.
    """
    keys = env.list("ENCRYPTION_KEYS", default=[])
    try:
        for key in keys:
            Fernet(key)
    except ValueError as error:
        raise ImproperlyConfigured(
            "ENCRYPTION_KEYS: each must be 32 bytes in URL-safe base64, separated by commas."
        ) from error
    derived = base64.urlsafe_b64encode(hashlib.sha256(SECRET_KEY.encode()).digest()).decode()
    return [*map(str, keys), derived]


def read_database() -> dict[str, Any]:
    """Return the SQLite file of the data folder, or what DATABASE_URL names."""
    address = env.str("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'playground.sqlite3'}")
    try:
        database: dict[str, Any] = env.db_url_config(address)
    except Exception as error:
        raise ImproperlyConfigured(
            "DATABASE_URL cannot be read: set it to postgres://user:password@host/name."
        ) from error
    if database["ENGINE"].endswith("sqlite3"):
        # Four writers meet "database is locked" in 43 % of transactions with Django's defaults,
        # in none with these (measured; WAL alone makes it worse).
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
    elif database["ENGINE"].endswith("postgresql"):
        database["CONN_MAX_AGE"] = 60
        database["CONN_HEALTH_CHECKS"] = True  # or a restarted server costs each connection a 500
    else:
        raise ImproperlyConfigured("DATABASE_URL: only sqlite:/// and postgres:// are known.")
    return database


def read_storage() -> dict[str, Any]:
    """Return the folder MEDIA_ROOT as the place of files, or the bucket that S3_BUCKET names."""
    bucket = env.str("S3_BUCKET", default="")
    endpoint = read_url("S3_ENDPOINT_URL", "")
    options = {
        "bucket_name": bucket,
        "location": env.str("S3_PREFIX", default=""),
        "endpoint_url": endpoint or None,
        "region_name": env.str("S3_REGION", default="") or None,
        # Without them, those of the machine's role or of ~/.aws.
        "access_key": env.str("S3_ACCESS_KEY_ID", default="") or None,
        "secret_key": env.str("S3_SECRET_ACCESS_KEY", default="") or None,
        "signature_version": "s3v4",
        "addressing_style": "path" if endpoint else "auto",  # what each service of others knows
        "file_overwrite": True,
    }
    if not bucket:
        options = {"location": MEDIA_ROOT, "allow_overwrite": True}
        return {"BACKEND": "playground.runs.media.storage.DiskStorage", "OPTIONS": options}
    if not find_spec("storages") or not find_spec("boto3"):
        raise ImproperlyConfigured(
            "S3_BUCKET is set: install what it needs with pip install -r requirements-s3.txt"
        )
    return {"BACKEND": "playground.runs.media.bucket.BucketStorage", "OPTIONS": options}


def read_mailer() -> dict[str, Any]:
    """Return how mail is sent: by the server that EMAIL_URL names, or not at all."""
    address = read_mail_address()
    if not address.hostname:
        return {"BACKEND": "playground.teams.outbox.NoServerBackend"}
    options = {
        "host": address.hostname,
        "port": address.port or MAIL_SCHEMES[address.scheme],
        "username": unquote(address.username or ""),
        "password": unquote(address.password or ""),
        "use_tls": address.scheme == "smtp+tls",
        "use_ssl": address.scheme == "smtps",
        "timeout": 20,
    }
    return {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}


def read_mail_address() -> SplitResult:
    parts = urlsplit(str(env.str("EMAIL_URL", default="")))
    try:
        is_good = not parts.scheme or (parts.scheme in MAIL_SCHEMES and bool(parts.hostname))
        _ = parts.port
    except ValueError:
        is_good = False
    if not is_good:
        raise ImproperlyConfigured(
            "EMAIL_URL cannot be read: set it to smtp+tls://user:password@host:587, or smtps://, "
            "or smtp:// without encryption."
        )
    return parts


def read_single_sign_on() -> list[dict[str, Any]]:
    """Return the OpenID Connect service that OIDC_SERVER_URL names, as allauth describes it."""
    server_url = read_url("OIDC_SERVER_URL", "")
    client_id = env.str("OIDC_CLIENT_ID", default="")
    secret = env.str("OIDC_CLIENT_SECRET", default="")
    name = env.str("OIDC_NAME", default="single sign-on")
    if not server_url:
        return []
    if not client_id or not secret:
        raise ImproperlyConfigured(
            "OIDC_SERVER_URL is set: set OIDC_CLIENT_ID and OIDC_CLIENT_SECRET too."
        )
    return [
        {
            "provider_id": "sso",
            "name": name,
            "client_id": client_id,
            "secret": secret,
            "settings": {"server_url": server_url},
        }
    ]


PORT = read_port()
BIND_ADDRESS = read_bind_address()
# What honcho or foreman call this process, as "release.1"; they start all of the Procfile at once.
PROCESS_NAME = env.str("HONCHO_PROCESS_NAME", default="") or env.str("PS", default="")
DEBUG = env.bool("DEBUG", default=False)
PUBLIC_BASE_URL = read_url("PUBLIC_BASE_URL", "")
IS_HTTPS = PUBLIC_BASE_URL.startswith("https://")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=LOOPBACK_NAMES)
if PUBLIC_BASE_URL:
    ALLOWED_HOSTS = [*ALLOWED_HOSTS, urlsplit(PUBLIC_BASE_URL).hostname]
DATA_DIR = BASE_DIR / Path(env.str("DATA_DIR", default="data")).expanduser()
MEDIA_ROOT = BASE_DIR / Path(env.str("MEDIA_ROOT", default=str(DATA_DIR / "media"))).expanduser()
make_folder("DATA_DIR", DATA_DIR)
SECRET_KEY = read_secret_key()

# Stored API keys are encrypted with these; the first one encrypts, all of them decrypt.
ENCRYPTION_KEYS = read_encryption_keys()

MINDVIDEO_API_KEY = env.str("MINDVIDEO_API_KEY", default="")
MINDVIDEO_BASE_URL = read_url("MINDVIDEO_BASE_URL", "https://api.mindvideo.ai")
SANDBOX_URL = read_url("SANDBOX_URL", "")  # set by `make demo`, which starts the sandbox
DEMO_LOGIN = env.bool("DEMO_LOGIN", default=False)  # likewise; honoured for loopback only

ADMIN_PATH = read_admin_path()

INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",  # backoffice.py says what is in it
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "playground.static_files.CollectedFilesConfig",
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
    "playground.gallery",
    "playground.archive",
]

MIDDLEWARE = [
    "playground.forwarded.ForwardedMiddleware",
    "playground.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "playground.loopback.LoopbackNameMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",  # static files have the headers of all above
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "playground.bodies.BodyMiddleware",
    "playground.teams.devices.DeviceMiddleware",
    "playground.teams.middleware.DemoLoginMiddleware",
    "playground.teams.middleware.SessionAgeMiddleware",
    "playground.teams.middleware.AskForLoginMiddleware",
    "playground.teams.middleware.WorkspaceMiddleware",
    "playground.reader_time.ReaderTimeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "playground.urls"
WSGI_APPLICATION = "playground.wsgi.application"
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
                "playground.teams.single_sign_on.tell_templates",
            ],
            "builtins": [
                "heroicons.templatetags.heroicons",
                "playground.teams.templatetags.amounts",
            ],
        },
    },
]

DATABASES = {"default": read_database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The background engine, and how many threads it gives to each queue of `runs/tasks.py`: steps wait
# for the network most of the time. Our own rows are the truth, which bring back what is lost.
WORKER_THREADS = {"default": 12, "files": 4, "history": 2, "mail": 2}
TASKS = {
    "default": {
        "BACKEND": "playground.engine.ThreadPoolBackend",
        "QUEUES": [*WORKER_THREADS],
        "OPTIONS": {"TASKS": ["playground.runs.tasks.advance", "playground.runs.tasks.post"]},
    }
}

# A worker holds each step that it has in hand by a lease, and renews it with its heartbeat. When
# it is killed, another takes the step up after this long: soon enough for somebody who waits,
# and longer than any pause that a busy machine or database makes between two heartbeats.
LEASE = timedelta(seconds=read_seconds("LEASE_SECONDS", 20, least=1))
HEARTBEAT_SECONDS = min(LEASE.total_seconds() / 4, 5.0)

# A request that brings no answer is sent again for so long, under its one idempotency key. Not
# longer: services forget these keys, after a day as a rule, and would charge it once more then.
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

# Accounts: django-allauth, without signing up. Its rate limits count in the cache, so all processes
# share one.
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
ACCOUNT_ADAPTER = "playground.teams.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody gets mail who has no account
ACCOUNT_EMAIL_NOTIFICATIONS = True  # who did not change a password wants to hear of it
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # who changes an address can reset the password by it
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Playground: "
PASSWORD_RESET_TIMEOUT = 60 * 60
# Beside allauth's own. Logins are counted by `teams/login_limits.py`, where allauth would count by
# the Host header; what is left of "login_failed" is for the codes of a second factor.
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
ALLAUTH_TRUSTED_PROXY_COUNT = read_trusted_proxies()
FORWARDED_ALLOW_IPS = read_proxy_addresses()
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",  # the table, which `manage.py release` makes
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
MFA_ADAPTER = "playground.teams.accounts.MFAAdapter"
MFA_FORMS = {
    "authenticate": "playground.teams.account_forms.AuthenticateForm",
    "reauthenticate": "playground.teams.account_forms.ReauthenticateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]  # security keys would need scripts in the page
MFA_TOTP_ISSUER = "Playground"

# Single sign-on, where OIDC_SERVER_URL names one. Its login is a link and no form, because
# `form-action 'self'` also holds for where a form is led on to.
SOCIALACCOUNT_ADAPTER = "playground.teams.accounts.SocialAccountAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"APPS": read_single_sign_on(), "OAUTH_PKCE_ENABLED": True}
}

MAILERS = {"default": read_mailer()}
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="Playground <playground@localhost>")

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
# They belong to the installation: each host has its own, wherever its data are.
STATIC_ROOT = BASE_DIR / Path(env.str("STATIC_ROOT", default="static-collected")).expanduser()
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": read_storage(),
    "staticfiles": {
        "BACKEND": "playground.stylesheets.BundledStaticFilesStorage",
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},
    },
}
ACCEL_REDIRECT = read_accel_redirect()  # where nginx finds the files, after we said who may
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# A reference picture may weigh 20 MB; a form of 14 of them comes without JavaScript in one POST.
UPLOAD_LIMIT_BYTES = 20_000_000
UPLOAD_FILES_AT_ONCE = 14
UPLOAD_LIMIT_PIXELS = 80_000_000
UPLOAD_LIMIT_SIDE = 12_000
# nginx reads them as a member of the group of MEDIA_ROOT, which new folders and files inherit.
FILE_UPLOAD_PERMISSIONS = 0o640 if ACCEL_REDIRECT else 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o2750 if ACCEL_REDIRECT else 0o700
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "playground.runs.media.intake.ForgivingUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 8_000_000  # texts only; files go to temporary files beyond 2.5 MB
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6_000  # a form of 2,000 controls, each with two meta controls

# A result is at most a video of some minutes. A picture with more pixels than this would take
# half a gigabyte to decode (today's models make a fifth of it): it is kept without a thumbnail.
OUTPUT_LIMIT_BYTES = 200_000_000
OUTPUT_LIMIT_PIXELS = 80_000_000

# Content security: everything from here; pictures may also be data URIs (placeholders, previews).
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Over https alone. Whoever starts the demo looks at it by plain http all the same, and so do the
# machines that ask how the processes are, beside the proxy.
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
)
SECURE_SSL_REDIRECT = IS_HTTPS and not DEMO_LOGIN
SECURE_SSL_HOST = urlsplit(PUBLIC_BASE_URL).netloc or None
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
SECURE_HSTS_SECONDS = read_number("HSTS_SECONDS", 31_536_000, most=63_072_000) if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True

# By `__Host-` a browser knows that no other name of the same domain may have set a cookie.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True  # scripts take the token from the form
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "__Host-sessionid" if IS_HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if IS_HTTPS else "csrftoken"
DEVICE_COOKIE_NAME = "__Host-device" if IS_HTTPS else "device"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30  # then everybody logs in again
SESSION_IDLE = timedelta(hours=read_number("SESSION_IDLE_HOURS", 7 * 24, least=1, most=30 * 24))
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if IS_HTTPS else "http"
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL] if PUBLIC_BASE_URL else []
CSRF_FAILURE_VIEW = "playground.web.refuse_csrf"
DEFAULT_EXCEPTION_REPORTER_FILTER = "playground.teams.reporting.QuietReporterFilter"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "playground.redaction.RedactingFormatter",
            "fmt": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django.server": {"handlers": ["console"], "level": "INFO", "propagate": False}},
}
