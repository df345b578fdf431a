#!/bin/sh
# Runs a script with the released package: it looks for the cluster's files in one fixed place, which is made a link to
# this task's own. Only one such task can run at a time.
set -eu
ln -sfn "$DET_RUN_DIR" /run/determined
unset PYTHONPATH
exec "$DET_RELEASED_PYTHON" "$@"
