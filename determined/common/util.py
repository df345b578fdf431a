"""Names of earlier releases: small functions that scripts import from here, and where they are now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from determined._lazy import attach

if TYPE_CHECKING:
    from determined._deprecation import deprecated as deprecated

    from ._chunks import chunks as chunks
    from ._random_state import preserve_random_state as preserve_random_state
    from ._words import sizeof_fmt as sizeof_fmt
    from ._words import strtobool as strtobool
    from .api._files import get_config_path as get_config_path
    from .api._retry import get_max_retries_config as get_max_retries_config
    from .polling import wait_for as wait_for
    from .task_env import debug_mode as debug_mode
    from .timestamps import is_protobuf_timestamp as is_protobuf_timestamp
    from .timestamps import parse_protobuf_timestamp as parse_protobuf_timestamp
    from .yaml import safe_load_yaml_with_exceptions as safe_load_yaml_with_exceptions
    from .yaml import yaml_safe_dump as yaml_safe_dump
    from .yaml import yaml_safe_load as yaml_safe_load

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "chunks": "determined.common._chunks:chunks",
        "debug_mode": "determined.common.task_env:debug_mode",
        "deprecated": "determined._deprecation:deprecated",
        "get_config_path": "determined.common.api._files:get_config_path",
        "get_max_retries_config": "determined.common.api._retry:get_max_retries_config",
        "is_protobuf_timestamp": "determined.common.timestamps:is_protobuf_timestamp",
        "parse_protobuf_timestamp": "determined.common.timestamps:parse_protobuf_timestamp",
        "preserve_random_state": "determined.common._random_state:preserve_random_state",
        "safe_load_yaml_with_exceptions": "determined.common.yaml:safe_load_yaml_with_exceptions",
        "sizeof_fmt": "determined.common._words:sizeof_fmt",
        "strtobool": "determined.common._words:strtobool",
        "wait_for": "determined.common.polling:wait_for",
        "yaml_safe_dump": "determined.common.yaml:yaml_safe_dump",
        "yaml_safe_load": "determined.common.yaml:yaml_safe_load",
    },
)
