"""Andon: the line that takes a marketplace order to its supplier, its buyer and its settled fee."""
