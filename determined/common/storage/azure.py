"""Storage of type ``azure``: a container of Azure Blob Storage."""

from __future__ import annotations

import logging
from typing import Any, ContextManager, List, Mapping, Optional

from .base import InvalidStorage, OnBytes, Resources, StrPath, check_options
from .cloud import CloudStorageManager, CountingFile, missing_extra, translated_errors

_PARTS = 4

logger = logging.getLogger("determined.common.storage")


class AzureStorageManager(CloudStorageManager):
    """Stores in a container.

    Parameters:
        container: the container.
        connection_string: how to reach the account, credentials included.
        account_url: where the account is, if there is no connection_string.
        credential: for the account, with ``account_url``.
        temp_dir: where to make temporary copies. Defaults to the system's directory for temporary files.

    Raises:
        ImportError: azure-storage-blob is not installed.
        InvalidStorage: neither connection_string nor account_url is given.
    """

    def __init__(
        self,
        container: str,
        connection_string: Optional[str] = None,
        account_url: Optional[str] = None,
        credential: Optional[str] = None,
        temp_dir: Optional[StrPath] = None,
    ) -> None:
        super().__init__(temp_dir=temp_dir)
        if connection_string is None and account_url is None:
            raise InvalidStorage("a checkpoint storage of type azure needs either connection_string or account_url")
        if connection_string is not None and (account_url is not None or credential is not None):
            logger.warning("account_url and credential have no effect: the connection_string holds its own")
        try:
            import azure.core.exceptions
            import azure.storage.blob
        except ImportError as e:
            raise missing_extra("azure", e) from e
        self._errors = (azure.core.exceptions.AzureError,)
        self._not_found = azure.core.exceptions.ResourceNotFoundError
        self.container = container
        self._arguments = {
            "container": container,
            "connection_string": connection_string,
            "account_url": account_url,
            "credential": credential,
            "temp_dir": temp_dir,
        }
        service = azure.storage.blob.BlobServiceClient
        account: Any = (
            service.from_connection_string(connection_string)
            if connection_string is not None
            else service(account_url or "", credential)
        )
        self._client: Any = account.get_container_client(container.strip("/"))

    @classmethod
    def from_config(cls, config: Mapping[str, Any], container_path: Optional[str] = None) -> AzureStorageManager:
        options = dict(config)
        check_options("azure", options, ["container"], ["connection_string", "account_url", "credential"])
        return cls(**options)

    def __str__(self) -> str:
        return f"the Azure container {self.container}"

    def _put(self, name: str, file: Optional[str]) -> None:
        if file is None:
            self._client.upload_blob(name, b"", overwrite=True)
            return
        with open(file, "rb") as data:
            self._client.upload_blob(name, data, overwrite=True)

    def _get(self, name: str, file: str, size: int, on_bytes: OnBytes) -> None:
        with CountingFile(file, on_bytes) as target:
            # Large ones come in several parts at once.
            self._client.download_blob(name, max_concurrency=_PARTS).readinto(target)

    def _list(self, prefix: str) -> Resources:
        return {blob.name: int(blob.size or 0) for blob in self._client.list_blobs(name_starts_with=prefix)}

    def _remove(self, names: List[str]) -> None:
        for name in names:
            try:
                self._client.delete_blob(name)
            except self._not_found:
                pass  # somebody else has deleted it

    def _translated(self) -> ContextManager[None]:
        return translated_errors(self._errors, str(self))
