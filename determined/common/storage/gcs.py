"""Storage of type ``gcs``: a bucket of Google Cloud Storage."""

from __future__ import annotations

from typing import Any, ContextManager, List, Mapping, Optional

from .base import OnBytes, Resources, StrPath, check_options
from .cloud import CloudStorageManager, CountingFile, missing_extra, translated_errors


class GCSStorageManager(CloudStorageManager):
    """Stores in a bucket, with the credentials of the environment.

    Parameters:
        bucket: the bucket.
        prefix: what the names of all objects begin with.
        temp_dir: where to make temporary copies. Defaults to the system's directory for temporary files.

    Raises:
        ImportError: google-cloud-storage is not installed.
        NoDirectStorageAccess: there are no credentials.
        InvalidStorage: the prefix leads elsewhere.
    """

    def __init__(self, bucket: str, prefix: Optional[str] = None, temp_dir: Optional[StrPath] = None) -> None:
        super().__init__(prefix, temp_dir)
        try:
            import google.api_core.exceptions
            import google.auth.exceptions
            import google.cloud.storage
        except ImportError as e:
            raise missing_extra("gcs", e) from e
        self._errors = (google.api_core.exceptions.GoogleAPIError, google.auth.exceptions.GoogleAuthError)
        self._not_found = google.api_core.exceptions.NotFound
        self.bucket_name = bucket
        self._arguments = {"bucket": bucket, "prefix": prefix, "temp_dir": temp_dir}
        with self._translated():
            self._bucket: Any = google.cloud.storage.Client().bucket(bucket)

    @classmethod
    def from_config(cls, config: Mapping[str, Any], container_path: Optional[str] = None) -> GCSStorageManager:
        options = dict(config)
        check_options("gcs", options, ["bucket"], ["prefix"])
        return cls(**options)

    def __str__(self) -> str:
        return f"gs://{self.bucket_name}/{self.prefix}"

    def _put(self, name: str, file: Optional[str]) -> None:
        blob = self._bucket.blob(name)
        if file is None:
            blob.upload_from_string(b"")
        else:
            blob.upload_from_filename(file)

    def _get(self, name: str, file: str, size: int, on_bytes: OnBytes) -> None:
        with CountingFile(file, on_bytes) as target:
            self._bucket.blob(name).download_to_file(target)

    def _list(self, prefix: str) -> Resources:
        return {blob.name: int(blob.size or 0) for blob in self._bucket.list_blobs(prefix=prefix)}

    def _remove(self, names: List[str]) -> None:
        for name in names:
            try:
                self._bucket.blob(name).delete()
            except self._not_found:
                pass  # somebody else has deleted it

    def _translated(self) -> ContextManager[None]:
        return translated_errors(self._errors, str(self))
