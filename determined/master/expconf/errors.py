"""What is wrong with a configuration.

Exception
└── ConfigError          refused by the rules
    └── UnreadableConfig refused before the rules apply: it cannot be read into the configuration's fields
"""

from __future__ import annotations


class ConfigError(Exception):
    """A configuration that is refused.

    Attributes:
        text: the real master's words, from after ``invalid experiment configuration: ``; what answers a request
            writes that (or another) prefix before it.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class UnreadableConfig(ConfigError):
    """A configuration that cannot be read into the fields it should fill."""
