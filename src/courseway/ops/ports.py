"""Whether an address can be listened on, said before anything is started."""

import socket
import time

from courseway.errors import Conflict


class PortTaken(Conflict):
    """Something else listens on this port."""

    code, title = "up.port_taken", "The port is taken"


def check_port(host: str, port: int, *, patience_seconds: float = 5.0) -> None:
    """
    Make sure that nothing listens on the port, here or on the other loopback address.

    Waits a little first: the processes of a `courseway up` that was killed need a moment to go away.
    """
    deadline = time.monotonic() + patience_seconds
    while True:
        problem = _problem(host, port)
        if problem is None:
            return
        if time.monotonic() >= deadline:
            raise PortTaken(problem)
        time.sleep(0.2)


def _problem(host: str, port: int) -> str | None:
    advice = f"Stop it, or choose another port: courseway up --port {port + 1}"
    # A plain bind would succeed beside a listener with SO_REUSEPORT; asking finds that one too.
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family) as probe:
                probe.settimeout(1)
                if probe.connect_ex((address, port)) == 0:
                    return f"Port {port} is taken by another program. {advice}"
        except OSError:
            continue  # no such address family here
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except PermissionError:
        return f"Port {port} needs an administrator. Choose one above 1023: courseway up --port 5000"
    except OSError as error:
        return f"{host}:{port} cannot be listened on: {error.strerror}. {advice}"
    return None
