"""Files of experiments on the wire."""

from __future__ import annotations

from determined.common.api.wire.experiments import FileNode
from determined.common.timestamps import format_wire

from ..services.model_definitions import Node


def file_node(node: Node) -> FileNode:
    """A file, or a folder with what is in it."""
    return {
        "path": node.path,
        "name": node.path.rpartition("/")[2],
        "modifiedTime": format_wire(node.mtime * 1_000_000),
        "contentLength": node.size,
        "isDir": node.is_folder,
        "contentType": node.content_type,
        "files": [file_node(child) for child in node.children],
    }
