"""The policies room: dated rules and figures as data, one version in force at any instant."""
