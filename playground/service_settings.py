"""Reads the settings of other services: database, broker, storage, mail server, single sign-on.

Each function raises ImproperlyConfigured with one line, which names the variable and the valid
values.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from playground.environment import env, read_url

MAIL_SCHEMES = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
# {scheme of BROKER_URL: package that it needs}
BROKER_PACKAGES = {"redis": "redis", "rediss": "redis", "amqp": "amqp", "amqps": "amqp"}


def read_database(data_dir: Path) -> dict[str, Any]:
    """Return the database of DATABASE_URL, by default a SQLite file in the data folder."""
    address = env.str("DATABASE_URL", default=f"sqlite:///{data_dir / 'playground.sqlite3'}")
    try:
        database: dict[str, Any] = env.db_url_config(address)
    except Exception as error:
        raise ImproperlyConfigured(
            "DATABASE_URL cannot be read: set it to postgres://user:password@host/name."
        ) from error
    if database["ENGINE"].endswith("sqlite3"):
        # With Django's defaults, 43 % of the transactions of four concurrent writers fail with
        # "database is locked"; with these none (measured; WAL alone makes it worse).
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
    elif database["ENGINE"].endswith("postgresql"):
        database["CONN_HEALTH_CHECKS"] = True  # or each fails once after a server restart
    else:
        raise ImproperlyConfigured("DATABASE_URL: only sqlite:/// and postgres:// are known.")
    database["CONN_MAX_AGE"] = 60  # seconds; opening SQLite's file takes longer than a query
    return database


def read_broker(database: dict[str, Any]) -> str:
    """Return the URL of the broker; "" for the worker's own thread pool.

    Celery's command line reads the variable too, so its scheme must be one of Celery's.
    """
    address = str(env.str("BROKER_URL", default=""))
    if not address:
        return ""
    package = BROKER_PACKAGES.get(read_broker_scheme(address))
    if package is None:
        raise ImproperlyConfigured(
            "BROKER_URL cannot be read: set it to redis://user:password@host:6379/0 (Redis or "
            "Valkey), amqp://user:password@host:5672/name (RabbitMQ), or rediss:// or amqps://."
        )
    if not database["ENGINE"].endswith("postgresql"):
        raise ImproperlyConfigured(
            "BROKER_URL is set: set DATABASE_URL to a PostgreSQL, which many hosts can share."
        )
    if not find_spec("celery") or not find_spec(package):
        raise ImproperlyConfigured(
            "BROKER_URL is set: install what it needs with pip install -r requirements-celery.txt"
        )
    return address


def read_broker_scheme(address: str) -> str:
    """Return the scheme of a broker's URL; "" if host, port or database are invalid."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return ""
    number = parts.path.strip("/")
    is_database = not number or number.isdecimal() or parts.scheme.startswith("amqp")
    return parts.scheme if parts.hostname and is_database else ""


def read_storage(media_root: Path) -> dict[str, Any]:
    """Return the storage of files: the S3 bucket of S3_BUCKET, by default a folder."""
    bucket = env.str("S3_BUCKET", default="")
    endpoint = read_url("S3_ENDPOINT_URL", "")
    options = {
        "bucket_name": bucket,
        "location": env.str("S3_PREFIX", default=""),
        "endpoint_url": endpoint or None,
        "region_name": env.str("S3_REGION", default="") or None,
        # By default, credentials of the machine's role or ~/.aws.
        "access_key": env.str("S3_ACCESS_KEY_ID", default="") or None,
        "secret_key": env.str("S3_SECRET_ACCESS_KEY", default="") or None,
        "signature_version": "s3v4",
        "addressing_style": "path" if endpoint else "auto",  # others support it
        "file_overwrite": True,
    }
    if not bucket:
        options = {"location": media_root, "allow_overwrite": True}
        return {"BACKEND": "playground.media.storage.DiskStorage", "OPTIONS": options}
    if not find_spec("storages") or not find_spec("boto3"):
        raise ImproperlyConfigured(
            "S3_BUCKET is set: install what it needs with pip install -r requirements-s3.txt"
        )
    return {"BACKEND": "playground.media.bucket.BucketStorage", "OPTIONS": options}


def read_mailer() -> dict[str, Any]:
    """Return the mail settings of EMAIL_URL; without it, no mail is sent."""
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
    """Return allauth's settings of the OpenID Connect service of OIDC_SERVER_URL."""
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
