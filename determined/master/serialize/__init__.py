"""Rows of the store as messages of the wire."""
