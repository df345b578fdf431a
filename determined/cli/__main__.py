"""``python -m determined.cli``."""

from . import main

main()
