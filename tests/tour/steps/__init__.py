"""The steps, by what they are about; each module has a ``walk``."""

from . import (
    checkpoints,
    creation,
    deletion,
    experiments,
    login,
    making,
    models,
    names,
    oauth,
    places,
    trials,
    users,
)

# in the order in which they are taken: later ones use what earlier ones have made
PARTS = (
    names, login, users, places, making, experiments, trials, checkpoints, models, oauth, creation, deletion,
)  # fmt: skip
