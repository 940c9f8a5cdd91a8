"""The edge's common parts: shapes, problems, bodies, pages, kept answers, and the doorway that all requests pass."""

ENCODED_SLASH = "\0"
"""What stands for an encoded slash between the server and the route: a NUL is refused in any text."""
