"""Runs the command in a process of its own each time, without waiting for Python to import it each time.

A process that has imported everything, and done nothing else, forks one child for each run. The child is as a new
process is: with the environment, the folder and the standard streams that it is given.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve()
_SIZE = 1 << 20


def run(arguments: list[str], environ: dict[str, str], folder: Path, stdin: bytes) -> tuple[int, bytes, bytes]:
    """Runs it to its end: exit code, output, errors."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(stdin)
        given.seek(0)
        order = json.dumps({"arguments": arguments, "environ": environ, "folder": str(folder)}).encode()
        server = _server()
        socket.send_fds(server, [order], [given.fileno(), out.fileno(), err.fileno()])
        code = int(server.recv(_SIZE))
        out.seek(0)
        err.seek(0)
        return code, out.read(), err.read()


@functools.cache
def _server() -> socket.socket:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen([sys.executable, str(HERE), str(theirs.fileno())], pass_fds=[theirs.fileno()])
    ours.settimeout(60)
    atexit.register(process.wait)
    atexit.register(ours.close)  # It is called first, and ends the process.
    return ours


def _serve(orders: socket.socket) -> None:
    import importlib  # noqa: PLC0415

    for name in ("keyring", "matplotlib.figure", "matplotlib.backends.backend_svg", "pyarrow.csv", "pyarrow.parquet"):
        importlib.import_module(name)
    for name in ("app", "plot", "viewers"):
        importlib.import_module(f"millicast_tokens.cli.{name}")
    for name in ("rich.table", "rich.console", "rich.bar"):
        importlib.import_module(name)
    while True:
        order, descriptors, _, _ = socket.recv_fds(orders, _SIZE, 3)
        if not order:
            return
        child = os.fork()
        if child == 0:
            orders.close()
            os._exit(_child(json.loads(order), descriptors))
        for descriptor in descriptors:
            os.close(descriptor)
        _, status = os.waitpid(child, 0)
        orders.send(str(os.waitstatus_to_exitcode(status)).encode())


def _child(order: dict[str, str], descriptors: list[int]) -> int:
    import traceback  # noqa: PLC0415

    from millicast_tokens.cli import main  # noqa: PLC0415

    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
    os.environ.clear()
    os.environ.update(dict(order["environ"]))
    os.chdir(order["folder"])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["millicast-tokens", *order["arguments"]]
    try:
        return main()
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
