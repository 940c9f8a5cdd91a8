"""The demonstration: a small world, and the outside parties that work beside it over HTTP."""
