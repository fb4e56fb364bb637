"""Makes roots and servers' certificates, with the command line of OpenSSL."""

from __future__ import annotations

import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

HERE = "IP:127.0.0.1, IP:::1, DNS:localhost"
YEAR = timedelta(days=365)

_CONFIGURATION = """
[req]
distinguished_name = name
prompt = no
[name]
CN = ${ENV::COMMON_NAME}
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = critical, CA:FALSE
[named_leaf]
basicConstraints = critical, CA:FALSE
subjectAltName = ${ENV::ALTERNATIVE_NAMES}
[named_root]
basicConstraints = critical, CA:TRUE
subjectAltName = ${ENV::ALTERNATIVE_NAMES}
[ca]
default_ca = here
[here]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
unique_subject = no
policy = any
[any]
commonName = supplied
"""
_NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]


def _openssl(folder: Path, command: list[str], common_name: str, names: str = HERE) -> None:
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "COMMON_NAME": common_name, "ALTERNATIVE_NAMES": names}
    done = subprocess.run(
        ["openssl", *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def _prepare(folder: Path) -> None:
    folder.mkdir()
    (folder / "openssl.cnf").write_text(_CONFIGURATION)
    (folder / "index.txt").touch()
    (folder / "serial").write_text("1000\n")


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y%m%d%H%M%SZ")


def self_signed(folder: Path, *, is_root: bool = False) -> Path:
    """A file with a certificate of this machine that is its own issuer, and its key."""
    _prepare(folder)
    command = ["req", "-x509", *_NEW_KEY, "-config", "openssl.cnf", "-days", "2", "-keyout", "key.pem"]
    command += ["-extensions", "named_root" if is_root else "named_leaf", "-out", "certificate.pem"]
    _openssl(folder, command, "a certificate of its own")
    return _both(folder, "certificate.pem", "key.pem")


def certificate_in(file: Path) -> str:
    """The certificate alone of a file that has the key too."""
    text = file.read_text()
    return text[: text.index("-----BEGIN PRIVATE KEY-----")]


def _both(folder: Path, certificate: str, key: str) -> Path:
    both = folder / f"{Path(certificate).stem}-and-key.pem"
    both.write_text((folder / certificate).read_text() + (folder / key).read_text())
    return both


class Authority:
    """A root, and what it signs."""

    def __init__(self, folder: Path) -> None:
        _prepare(folder)
        self.folder = folder
        command = ["req", "-x509", *_NEW_KEY, "-config", "openssl.cnf", "-extensions", "root", "-days", "3650"]
        _openssl(folder, [*command, "-keyout", "root-key.pem", "-out", "root.pem"], f"the root of {folder.name}")
        #: The root's file, and its text.
        self.file = folder / "root.pem"
        self.pem = self.file.read_text()
        self._made = 0

    def leaf(
        self,
        names: str | None = HERE,
        *,
        begins: timedelta = timedelta(hours=-1),
        ends: timedelta = timedelta(days=2),
        common_name: str = "a server of the tests",
    ) -> Path:
        """A file with a server's certificate and its key.

        It is valid from and until so long from now. `names`: its alternative names; None for a certificate without.
        """
        self._made += 1
        key, request, certificate = (f"{self._made}.{kind}" for kind in ("key", "request", "pem"))
        command = ["req", "-new", *_NEW_KEY, "-config", "openssl.cnf", "-keyout", key, "-out", request]
        _openssl(self.folder, command, common_name)
        now = datetime.now(timezone.utc)
        command = ["ca", "-batch", "-notext", "-config", "openssl.cnf", "-cert", "root.pem", "-keyfile", "root-key.pem"]
        command += ["-startdate", _moment(now + begins), "-enddate", _moment(now + ends)]
        command += ["-extensions", "leaf" if names is None else "named_leaf", "-in", request, "-out", certificate]
        _openssl(self.folder, command, common_name, names or HERE)
        return _both(self.folder, certificate, key)
