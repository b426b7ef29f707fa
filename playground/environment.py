"""Reads settings from environment variables, or from the files named by NAME_FILE.

Each function raises ImproperlyConfigured with one line, which names the variable and the valid
values.
"""

import base64
import contextlib
import hashlib
import math
import os
import re
import secrets
import tempfile
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from environ.fileaware_mapping import FileAwareMapping

LOOPBACK_NETWORKS = ["127.0.0.0/8", "::1"]


class NamedFiles(FileAwareMapping):  # type: ignore[misc]  # django-environ has no types
    """The environment; the content of the file named by NAME_FILE is the value of NAME."""

    def __getitem__(self, key: str) -> str:
        try:
            value = str(super().__getitem__(key))
        except (OSError, UnicodeDecodeError) as error:
            path, why = self.env[f"{key}_FILE"], getattr(error, "strerror", "") or "it is no text"
            raise ImproperlyConfigured(f"{key}_FILE: {path} cannot be read: {why}.") from error
        if self.env.get(f"{key}_FILE"):
            value = value.removesuffix("\n").removesuffix("\r")  # editors add a line break
        # A secret may begin with $, which django-environ reads as a reference to a variable.
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


def read_worker_threads() -> dict[str, int]:
    """Return {queue of `runs/worker/tasks.py`: number of worker threads}.

    Of twenty, twelve check tasks, four fetch files, two read the history, two send mail.
    """
    count = read_number("WORKER_THREADS", 20, least=4, most=200)
    few = max(count // 10, 1)
    files = max(count // 5, 1)
    return {"default": count - files - 2 * few, "files": files, "history": few, "mail": few}


def read_trusted_proxies(*, is_https: bool) -> int:
    """Return the number of trusted reverse proxies; at least one with https.

    gunicorn serves plain http, so TLS is terminated by a proxy, which sets a header.
    """
    count = read_number("TRUSTED_PROXIES", 1 if is_https else 0, most=10)
    if is_https and not count:
        raise ImproperlyConfigured(
            "TRUSTED_PROXIES is 0, but the https of PUBLIC_BASE_URL comes by a proxy: set it to 1."
        )
    return count


def read_proxy_addresses() -> list[str]:
    """Return the addresses and networks of trusted proxies (FORWARDED_ALLOW_IPS)."""
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
    """Return an http(s) URL without trailing slash; "" if none is set."""
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


def read_locale_folder(base: Path) -> list[Path]:
    """Return [LOCALE_DIR], the operator's folder of gettext catalogs; [] if it is not set.

    base  base of a relative path
    """
    text = str(env.str("LOCALE_DIR", default=""))
    folder = base / Path(text).expanduser()
    if text and not any(folder.glob("*/LC_MESSAGES/django.mo")):
        raise ImproperlyConfigured(
            f"LOCALE_DIR is {text!r}: set it to a folder with a file like "
            "fr/LC_MESSAGES/django.mo, a compiled catalog."
        )
    return [folder] if text else []


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


def read_secret_key(data_dir: Path, *, is_public: bool) -> str:
    """Return the secret key from the environment, else the one in the data folder.

    Raises  ImproperlyConfigured if none is set and other machines can reach the pages
    """
    if key := env.str("SECRET_KEY", default=""):
        return str(key)
    if is_public:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set: outside this machine it must be, to a long random text."
        )
    kept = data_dir / "secret_key"
    if not kept.exists():
        read_or_create(kept, secrets.token_urlsafe(50))
    return kept.read_text()


def read_or_create(path: Path, text: str) -> None:
    """Create a file with mode 0600 atomically, unless it exists; return its content.

    Of processes that start concurrently, one writes and all read the same content.
    """
    with tempfile.NamedTemporaryFile("w", dir=path.parent) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(file.name, path)


def read_encryption_keys(secret_key: str) -> list[str]:
    """Return the keys of ENCRYPTION_KEYS, then the default key.

    So values stored before ENCRYPTION_KEYS was first set can still be decrypted and rotated.
    """
    keys = env.list("ENCRYPTION_KEYS", default=[])
    try:
        for key in keys:
            Fernet(key)
    except ValueError as error:
        raise ImproperlyConfigured(
            "ENCRYPTION_KEYS: each must be 32 bytes in URL-safe base64, separated by commas."
        ) from error
    derived = base64.urlsafe_b64encode(hashlib.sha256(secret_key.encode()).digest()).decode()
    return [*map(str, keys), derived]
