"""The wiring: command line, HTTP app, worker, the map of the line, the demonstration world."""
