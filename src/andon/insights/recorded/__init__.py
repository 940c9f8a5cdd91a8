"""The record, searched: what happened to a shop or to the platform, each event with its line of text and its seal."""
