"""The connection to a master: sessions, errors, login, certificates, and every call of its API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._lazy import attach

if TYPE_CHECKING:
    from . import authentication as authentication
    from . import bindings as bindings
    from . import certs as certs
    from . import errors as errors
    from . import logs as logs
    from . import metric as metric
    from ._ntsc import WARNING_MESSAGE_MAP as WARNING_MESSAGE_MAP
    from ._ntsc import AnyNTSC as AnyNTSC
    from ._ntsc import NTSC_Kind as NTSC_Kind
    from ._ntsc import get_ntsc_details as get_ntsc_details
    from ._ntsc import wait_for_ntsc_state as wait_for_ntsc_state
    from ._ntsc import wait_for_task_ready as wait_for_task_ready
    from ._pages import PageOpts as PageOpts
    from ._pages import read_paginated as read_paginated
    from ._rbac import create_group_assignment_request as create_group_assignment_request
    from ._rbac import create_user_assignment_request as create_user_assignment_request
    from ._rbac import group_name_to_group_id as group_name_to_group_id
    from ._rbac import not_found_errs as not_found_errs
    from ._rbac import role_name_to_role_id as role_name_to_role_id
    from ._rbac import usernames_to_user_ids as usernames_to_user_ids
    from ._rbac import workspace_by_name as workspace_by_name
    from ._session import BaseSession as BaseSession
    from ._session import Session as Session
    from ._session import TaskSession as TaskSession
    from ._session import UnauthSession as UnauthSession
    from ._url import canonicalize_master_url as canonicalize_master_url
    from ._url import get_default_master_url as get_default_master_url
    from .authentication import salt_and_hash as salt_and_hash
    from .logs import pprint_logs as pprint_logs
    from .logs import task_logs as task_logs
    from .logs import trial_logs as trial_logs

_NAMES = {
    "_session": ("BaseSession", "Session", "TaskSession", "UnauthSession"),
    "_url": ("canonicalize_master_url", "get_default_master_url"),
    "_pages": ("PageOpts", "read_paginated"),
    "_ntsc": (
        "AnyNTSC", "NTSC_Kind", "WARNING_MESSAGE_MAP", "get_ntsc_details", "wait_for_ntsc_state", "wait_for_task_ready",
    ),
    "_rbac": (
        "create_group_assignment_request", "create_user_assignment_request", "group_name_to_group_id",
        "not_found_errs", "role_name_to_role_id", "usernames_to_user_ids", "workspace_by_name",
    ),
    "authentication": ("salt_and_hash",),
    "logs": ("pprint_logs", "task_logs", "trial_logs"),
}  # fmt: skip

_MODULES = ("authentication", "bindings", "certs", "errors", "logs", "metric")

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        **{module: f"{__name__}.{module}" for module in _MODULES},
        **{name: f"{__name__}.{module}:{name}" for module, names in _NAMES.items() for name in names},
    },
)
