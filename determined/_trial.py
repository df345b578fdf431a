"""What classes of trials, of whatever framework, have in common."""

from __future__ import annotations

import abc
from typing import Any, ClassVar, Optional, Type


class LegacyTrial(abc.ABC):
    """A training written as a class, whose methods a trainer calls.

    Attributes:
        trial_context_class: the class of the context that is passed to the constructor.
        trial_controller_class: the class that runs the training.
    """

    trial_context_class: ClassVar[Optional[Type[Any]]] = None
    trial_controller_class: ClassVar[Optional[Type[Any]]] = None

    @abc.abstractmethod
    def __init__(self, context: Any) -> None:
        """Prepare all that the training needs.

        Parameters:
            context: what the training may ask of its trainer.
        """
