"""Tests in a real browser: collected only where ``DET_TEST_BROWSER`` names one (`nox -s browser`)."""

from __future__ import annotations

import os

collect_ignore_glob = [] if os.environ.get("DET_TEST_BROWSER") else ["test_*.py"]
