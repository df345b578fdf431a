"""Clients of the OAuth 2.0 service for SCIM, an enterprise feature."""

from __future__ import annotations

from typing import Any, ClassVar, Mapping, Optional, Tuple


class Oauth2ScimClient:
    """A client that may provision users.

    Parameters:
        client_id: its number, which the OAuth protocol calls the client id.
        domain: the address it calls from.
        name: its name.
        secret: its secret; the master tells it only when the client is added.

    Attributes:
        id: its number.
        domain: the address it calls from.
        name: its name.
        secret: its secret, where it is known.
    """

    # not the secret
    _shown: ClassVar[Tuple[str, ...]] = ("name", "id", "domain")

    def __init__(self, client_id: str, domain: str, name: str, secret: Optional[str] = None) -> None:
        self.id = client_id
        self.domain = domain
        self.name = name
        self.secret = secret

    def __repr__(self) -> str:
        return f"Oauth2ScimClient(id={self.id!r}, domain={self.domain!r}, name={self.name!r})"

    def _repr_html_(self) -> str:
        from . import _html

        return _html.describe(self)

    @classmethod
    def _from_wire(cls, data: Mapping[str, Any]) -> Oauth2ScimClient:
        return cls(str(data.get("id", "")), data.get("domain", ""), data.get("name", ""), data.get("secret"))
