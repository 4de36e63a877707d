"""Keeps a Python process off the network; loopback, over which Jupyter talks to it, stays open.

Python imports this before anything else if the folder stands on PYTHONPATH. It hooks into Python's
audit events (PEP 578), which code cannot take back and which every socket raises, also one that a
library opens and whose error it hides. What was refused is written to a file as well.
"""

import ipaddress
import os
import sys

LOG = "BLOCKED_NETWORK_LOG"  # the environment variable that names the file
WITH_ADDRESS = ("socket.connect", "socket.sendto", "socket.sendmsg")
WITH_NAME = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")


def is_here(host) -> bool:
    """Say whether a host is this machine."""
    host = host.decode() if isinstance(host, bytes) else host
    if host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name
        from _socket import gethostname

        return host == gethostname()


def refuse(event: str, arguments: tuple) -> None:
    """Raise PermissionError for what would leave this machine."""
    if event in WITH_ADDRESS and isinstance(arguments[1], tuple):  # a text is a local socket
        host = arguments[1][0]
    elif event in WITH_NAME:
        host = arguments[0]
    else:
        return
    if is_here(host):
        return
    said = f"no network here: {event} to {host!r} was refused"
    if os.environ.get(LOG):
        with open(os.environ[LOG], "a", encoding="utf-8") as log:
            log.write(said + "\n")
    raise PermissionError(said)


if __name__ == "sitecustomize":  # and not when the name of the variable is looked up here
    sys.addaudithook(refuse)
