"""Storage in a bucket of an S3 service. Imported only if `S3_BUCKET` is set."""

import contextlib
import errno
import io
from collections.abc import Iterator
from datetime import datetime
from http import HTTPStatus
from typing import Any

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

GONE = {"NoSuchKey", "404"}
FULL = {"QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded"}

# One 8 MB part at a time: boto3's ten threads would hold ten parts in memory for each upload.
TRANSFER = TransferConfig(use_threads=False, multipart_chunksize=8_000_000)

# Short timeouts, so that a hanging service does not block a step or page; we retry ourselves.
# Request the newest checksums only where required: not every S3 service supports them.
PATIENCE = Config(
    connect_timeout=5,
    read_timeout=20,
    retries={"total_max_attempts": 2, "mode": "standard"},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


class BucketStorage(S3Storage):  # type: ignore[misc]  # django-storages has no types
    """A private bucket: files are served by us, so that permissions are checked."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.client_config: Config = self.client_config.merge(PATIENCE)
        self.transfer_config = TRANSFER

    def _save(self, name: str, content: Any) -> str:
        with faults_as_of_a_disk():
            return str(super()._save(name, content))

    def exists(self, name: str) -> bool:
        with faults_as_of_a_disk():
            return bool(super().exists(name))

    def delete(self, name: str) -> None:
        with faults_as_of_a_disk():
            super().delete(name)

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        with faults_as_of_a_disk():
            folders, names = super().listdir(name)
            return folders, names

    def get_modified_time(self, name: str) -> datetime:
        with faults_as_of_a_disk():
            moment: datetime = super().get_modified_time(name)
            return moment

    def size(self, name: str) -> int:
        with faults_as_of_a_disk():
            return int(super().size(name))

    def open_part(self, name: str, start: int, length: int | None) -> "Body":
        end = "" if length is None else start + length - 1
        part = {"Range": f"bytes={start}-{end}"} if start or length is not None else {}
        with faults_as_of_a_disk():
            answer = self.bucket.Object(self._normalize_name(name)).get(**part)
        return Body(answer["Body"], answer["ContentLength"])


class Body(io.RawIOBase):
    """The body of an object in a bucket, read as it arrives."""

    def __init__(self, stream: Any, length: int) -> None:
        self.stream = stream
        self.length = length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with faults_as_of_a_disk():
            content = self.stream.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)

    def close(self) -> None:
        self.stream.close()
        super().close()


@contextlib.contextmanager
def faults_as_of_a_disk() -> Iterator[None]:
    """Convert errors to those of a file system: FileNotFoundError, OSError with ENOSPC or EIO."""
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        if code in GONE:
            number = errno.ENOENT
        elif code in FULL or status == HTTPStatus.INSUFFICIENT_STORAGE:
            number = errno.ENOSPC
        else:
            number = errno.EIO
        raise OSError(number, str(error)) from error
    except (BotoCoreError, Boto3Error) as error:
        raise OSError(errno.EIO, str(error)) from error
