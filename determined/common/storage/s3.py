"""Storage of type ``s3``: a bucket of Amazon S3, or of whatever speaks its protocol."""

from __future__ import annotations

import contextlib
from typing import Any, ContextManager, Dict, List, Mapping, Optional
from urllib.parse import urlsplit

from .._hosts import is_loopback
from .base import OnBytes, Resources, StrPath, check_options
from .cloud import CloudStorageManager, CountingFile, missing_extra, translated_errors

_MOST_DELETED_AT_ONCE = 1000

_LARGE = 16 << 20
"""Objects from this size on, in bytes, are fetched in parts of it, several at a time."""

_PARTS = 8
_CONNECTIONS = 32
_CHUNK = 1 << 18


class S3StorageManager(CloudStorageManager):
    """Stores in a bucket. Credentials are those given, else what boto3 finds.

    Parameters:
        bucket: the bucket.
        access_key: of the credentials.
        secret_key: of the credentials.
        endpoint_url: of a service other than Amazon's.
        prefix: what the names of all objects begin with.
        temp_dir: where to make temporary copies. Defaults to the system's directory for temporary files.

    Raises:
        ImportError: boto3 is not installed.
        InvalidStorage: the prefix leads elsewhere.
    """

    def __init__(
        self,
        bucket: str,
        access_key: Optional[str] = None,
        secret_key: Optional[str] = None,
        endpoint_url: Optional[str] = None,
        prefix: Optional[str] = None,
        temp_dir: Optional[StrPath] = None,
    ) -> None:
        super().__init__(prefix, temp_dir)
        try:
            import boto3
            import boto3.exceptions
            import botocore.config
            import botocore.exceptions
        except ImportError as e:
            raise missing_extra("s3", e) from e
        self.bucket = bucket
        self._arguments = {
            "bucket": bucket,
            "access_key": access_key,
            "secret_key": secret_key,
            "endpoint_url": endpoint_url,
            "prefix": prefix,
            "temp_dir": temp_dir,
        }
        # Besides, boto3 wraps what goes wrong while a file is sent.
        self._errors = (
            botocore.exceptions.BotoCoreError,
            botocore.exceptions.ClientError,
            boto3.exceptions.S3UploadFailedError,
        )
        # A session of its own, as boto3's shared one is not safe to use from several threads.
        self._client: Any = boto3.session.Session().client(
            "s3",
            endpoint_url=endpoint_url,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
            config=botocore.config.Config(
                max_pool_connections=_CONNECTIONS,
                # no proxy stands between a service on this machine and its clients; None leaves it to the environment
                proxies={} if endpoint_url and is_loopback(urlsplit(endpoint_url).hostname or "") else None,
            ),
        )

    @classmethod
    def from_config(cls, config: Mapping[str, Any], container_path: Optional[str] = None) -> S3StorageManager:
        options = dict(config)
        check_options("s3", options, ["bucket"], ["access_key", "secret_key", "endpoint_url", "prefix"])
        return cls(**options)

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}"

    def _put(self, name: str, file: Optional[str]) -> None:
        if file is None:
            self._client.put_object(Bucket=self.bucket, Key=name, Body=b"")
        else:
            self._client.upload_file(file, self.bucket, name)

    def _get(self, name: str, file: str, size: int, on_bytes: OnBytes) -> None:
        if size >= _LARGE:
            from boto3.s3.transfer import TransferConfig

            parts = TransferConfig(multipart_threshold=_LARGE, multipart_chunksize=_LARGE, max_concurrency=_PARTS)
            self._client.download_file(self.bucket, name, file, Callback=on_bytes, Config=parts)
            return
        # One request and no threads of its own; a body that is cut raises.
        body = self._client.get_object(Bucket=self.bucket, Key=name)["Body"]
        with CountingFile(file, on_bytes) as target, contextlib.closing(body):
            for piece in body.iter_chunks(_CHUNK):
                target.write(piece)

    def _list(self, prefix: str) -> Resources:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        return {found["Key"]: found["Size"] for page in pages for found in page.get("Contents", ())}

    def _remove(self, names: List[str]) -> None:
        for first in range(0, len(names), _MOST_DELETED_AT_ONCE):
            keys: List[Dict[str, str]] = [{"Key": name} for name in names[first : first + _MOST_DELETED_AT_ONCE]]
            answer = self._client.delete_objects(Bucket=self.bucket, Delete={"Objects": keys, "Quiet": True})
            if answer.get("Errors"):
                raise OSError(f"{len(answer['Errors'])} objects of {self} could not be deleted: {answer['Errors'][0]}")

    def _translated(self) -> ContextManager[None]:
        return translated_errors(self._errors, str(self))
