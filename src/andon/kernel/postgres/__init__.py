"""The embedded PostgreSQL: the binaries of a wheel, the lifecycle our own.

One cluster belongs to one ANDON_HOME. Any number of processes may ask for it at once: one starts it, all connect.
It listens on a Unix socket in a folder that only its own account may enter, and on nothing else.

    server.py    start, stop, is it up
    cluster.py   where data, socket and log lie; a new cluster; its settings
    account.py   which account the server runs as
    binaries.py  where its programs lie, and a copy of them for an account that cannot reach them
"""

from andon.kernel.postgres.errors import ServerUnavailable
from andon.kernel.postgres.server import Server, ensure_server, stop_server

__all__ = ["Server", "ServerUnavailable", "ensure_server", "stop_server"]
