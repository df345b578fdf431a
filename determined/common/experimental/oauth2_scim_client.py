"""Clients of the OAuth 2.0 service for SCIM, an enterprise feature."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar, Mapping, Optional, Tuple


@dataclasses.dataclass
class Oauth2ScimClient:
    """A client that may provision users.

    Attributes:
        name: its name.
        id: its number, which the OAuth protocol calls the client id.
        domain: the address it calls from.
        secret: its secret; the master tells it only when the client is added.
    """

    name: str
    id: str
    domain: str
    secret: Optional[str] = None

    # not the secret
    _shown: ClassVar[Tuple[str, ...]] = ("name", "id", "domain")

    def _repr_html_(self) -> str:
        from . import _html

        return _html.describe(self)

    @classmethod
    def _from_wire(cls, data: Mapping[str, Any]) -> Oauth2ScimClient:
        return cls(
            name=data.get("name", ""),
            id=str(data.get("id", "")),
            domain=data.get("domain", ""),
            secret=data.get("secret"),
        )
