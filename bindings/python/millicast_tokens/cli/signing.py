"""The commands `sign`, `verify` and `inspect`: tokens that are signed here, without a call."""

from __future__ import annotations

import dataclasses
import json
from typing import Any, Callable, TypeVar

import click

from .. import Algorithm, Claims, Jwt, Signer, SubscribeToken, TokenInvalidError
from . import credentials, exits, output, text
from .exits import INVALID, CommandError
from .interrupts import session
from .options import FILE_PATH, TOKEN_ID, Command, Duration, both, never, one_from_stdin
from .options import output as output_options
from .output import Column
from .settings import current

F = TypeVar("F", bound=Callable[..., Any])


def parent(function: F) -> F:
    """The options that say whose key it is."""
    for option in (
        click.option(
            "--algorithm",
            type=click.Choice([one.name for one in Algorithm]),
            default="HS256",
            show_default=True,
            help="How it is signed.",
        ),
        never("--token", "--jwt", message=credentials.TOKEN_REFUSED),
        click.option(
            "--token-file",
            metavar="FILE",
            type=FILE_PATH,
            help="A file that holds the parent's string, or its JSON; - for stdin. The platform is not asked then.",
        ),
        click.argument("token_id", type=TOKEN_ID),
    ):
        function = option(function)
    return function


def claimed(function: F) -> F:
    """The options that say what a token says."""
    options = (
        click.option("--stream", "stream_name", required=True, metavar="NAME", help="The stream that it is for."),
        click.option(
            "--lifetime",
            type=Duration(),
            default=60,
            metavar="DURATION",
            help="How long it is good for, such as 90, 15m, 12h.  [default: 60 seconds]",
        ),
        click.option("--tracking-id", metavar="ID", help="The id that usage is counted under."),
        click.option("--origin-cluster", metavar="ID", help="A cluster; the parent's has to be auto or the same."),
        click.option(
            "--allowed-origin",
            "allowed_origins",
            multiple=True,
            metavar="DOMAIN",
            help="A domain that may use it. Repeatable.",
        ),
        click.option(
            "--issued-at",
            type=int,
            metavar="SECONDS",
            help="When the lifetime begins, in Unix seconds.  [default: now]",
        ),
        click.option("--cut-to-parent", is_flag=True, help="Shorten it where the parent ends before."),
        click.option("--unchecked-stream", is_flag=True, help="Do not compare the stream with the parent's."),
    )
    for option in reversed(options):
        function = option(function)
    return function


def signer_of(token_id: int, token_file: str | None, algorithm: str) -> Signer:
    """A signer with the parent's key: from a file, from the environment, or from the platform."""
    number = Algorithm[algorithm]
    held: str | None = current().taken.get(credentials.TOKEN_VARIABLE)
    if token_file:
        held = credentials.read_text(token_file, "the parent's token")
    if held is None:
        with session() as running:
            return Signer.from_token(running.client.subscribe_tokens.read(token_id), number)
    if not held.lstrip().startswith("{"):
        return Signer(token_id, str(held), number)
    token = SubscribeToken.from_json(str(held))
    if token.id != token_id:
        raise CommandError(INVALID, f"the token that was given has the id {token.id}, and not {token_id}")
    return Signer.from_token(token, number)


_SIGNED = (Column("token", lambda row: row["token"]),)


@click.command(
    cls=Command,
    examples=[
        ("for a viewer, for a minute", "millicast-tokens sign 1234 --stream StageCam --viewer-data viewer-17"),
        (
            "without a call, with the parent as it was read once",
            "millicast-tokens sign 1234 --token-file parent.json --stream StageCam --lifetime 12h",
        ),
    ],
)
@parent
@claimed
@click.option("--viewer-data", "custom_viewer_data", metavar="TEXT", help="An identifier of the viewer.")
@click.option(
    "--allowed-ip-address",
    "allowed_ip_addresses",
    multiple=True,
    metavar="ADDRESS",
    help="An address or IPv4 block that may use it. Repeatable.",
)
@both
def sign(token_id: int, token_file: str | None, algorithm: str, lifetime: int, stream_name: str, **given: Any) -> None:
    """Sign a token for one viewer with the subscribe token TOKEN_ID as its parent.

    The parent is read from the platform, and its rules are checked, unless --token-file or MILLICAST_SUBSCRIBE_TOKEN
    has it: its JSON as "subscribe read --show-token" shows it, or its string alone, which tells no rules. The new token
    is what this shows; it is a secret for as long as it lives.
    """
    claims = Claims(stream_name, lifetime, **given)
    with signer_of(token_id, token_file, algorithm) as signer:
        signed = signer.sign(claims)
    if output.output_format() == output.TABLE:
        # Alone on its line, so that it can be copied whole from any terminal.
        output.write(signed.jwt + "\n")
        output.complain(f"good until {text.moment(signed.expires_at)}")
    else:
        row = {"token": signed.jwt, "expiresAt": signed.expires_at}
        output.records([row], (*_SIGNED, Column("expiresAt", lambda row: row["expiresAt"])))


def _jwt(function: F) -> F:
    return click.option(
        "--jwt-file",
        metavar="FILE",
        type=FILE_PATH,
        default="-",
        help='A file that holds the token, or the JSON that "sign" shows.  [default: standard input]',
    )(function)


def _read_jwt(file: str) -> str:
    """The token that a file holds, alone or as `sign` shows it to programs."""
    held = credentials.read_text(file, "the token", lasts=False).strip()
    if not held.startswith("{"):
        return held
    try:
        token = json.loads(held)["token"]
    except (ValueError, KeyError, RecursionError):
        token = None
    if not isinstance(token, str):
        raise CommandError(INVALID, f'the JSON in {file} is no object with one "token"')
    return token


_CLAIMS = tuple(
    Column(title, of)
    for title, of in (
        ("valid", lambda row: row.get("valid")),
        ("reason", lambda row: row.get("reason")),
        ("algorithm", lambda row: row.get("algorithm")),
        ("tokenId", lambda row: row.get("tokenId")),
        ("tokenType", lambda row: row.get("tokenType")),
        ("streamName", lambda row: row.get("streamName")),
        ("customViewerData", lambda row: row.get("customViewerData")),
        ("trackingId", lambda row: row.get("trackingId")),
        ("originCluster", lambda row: row.get("originCluster")),
        ("allowedOrigins", lambda row: row.get("allowedOrigins")),
        ("allowedIpAddresses", lambda row: row.get("allowedIpAddresses")),
        ("issuedAt", lambda row: row.get("issuedAt")),
        ("notBefore", lambda row: row.get("notBefore")),
        ("expiresAt", lambda row: row.get("expiresAt")),
    )
)

_TIMES = ("issuedAt", "notBefore", "expiresAt")


def _claims(jwt: Jwt) -> dict[str, Any]:
    """What a token says, by the names of the platform."""
    row: dict[str, Any] = {}
    for field in dataclasses.fields(jwt):
        if field.name in ("header_json", "json"):
            continue
        first, *rest = field.name.split("_")
        value = getattr(jwt, field.name)
        row[first + "".join(word.capitalize() for word in rest)] = list(value) if isinstance(value, tuple) else value
    row["algorithm"] = getattr(jwt.algorithm, "name", jwt.algorithm)
    return row


def _show_claims(row: dict[str, Any], payload: str | None) -> None:
    if output.output_format() == output.TABLE:
        row = {**row, **{name: text.moment(row[name]) for name in _TIMES if row.get(name) is not None}}
        output.record(row, _CLAIMS)
        return
    if payload is not None:
        row = {**row, "payload": json.loads(payload)}
    output.records([row], _CLAIMS)


@click.command(
    cls=Command,
    examples=[
        ("what a viewer was given", "millicast-tokens verify 1234 --jwt-file viewer.jwt"),
        ("from the clipboard", "xclip -o | millicast-tokens verify 1234"),
        ("one that was just signed", "millicast-tokens sign 1234 --stream StageCam | millicast-tokens verify 1234"),
    ],
)
@parent
@_jwt
@click.option("--now", type=int, metavar="SECONDS", help="Verify as of this moment, in Unix seconds.  [default: now]")
@click.option(
    "--leeway",
    type=click.IntRange(min=0),
    default=0,
    metavar="SECONDS",
    help="How far clocks may be apart.  [default: 0]",
)
@click.option("--unchecked-stream", is_flag=True, help="Do not compare the stream with the parent's.")
@both
def verify(  # noqa: PLR0917
    token_id: int,
    token_file: str | None,
    algorithm: str,
    jwt_file: str,
    now: int | None,
    leeway: int,
    unchecked_stream: bool,
) -> int:
    """Verify a self-signed token against its parent, the subscribe token TOKEN_ID.

    The token comes from standard input or --jwt-file, and never from the command line. It is not shown, but what it
    says is. The parent comes as for "sign". The exit code is 15 for a token that is not valid, and 16 for one that has
    expired. What only the platform sees (the viewer's address, origin and country) is not checked.
    """
    one_from_stdin(jwt_file, token_file)
    jwt = _read_jwt(jwt_file)
    with signer_of(token_id, token_file, algorithm) as signer:
        try:
            read = signer.verify(jwt, now=now, leeway=leeway, unchecked_stream=unchecked_stream)
        except TokenInvalidError as error:
            reason = getattr(error.reason, "name", str(error.reason)).lower().replace("_", "-")
            _show_claims({"valid": False, "reason": reason, "message": error.message}, None)
            output.complain(f"not valid: {error.message}")
            return exits.of(error).code
    _show_claims({"valid": True, **_claims(read)}, read.json)
    return exits.OK.code


@click.command(
    "inspect",
    cls=Command,
    examples=[
        ("what a token says", "millicast-tokens inspect --jwt-file viewer.jwt"),
        ("when it ends", "millicast-tokens inspect -o json < viewer.jwt | jq .expiresAt"),
    ],
)
@_jwt
@never("--token", "--jwt", message=credentials.TOKEN_REFUSED)
@output_options
def inspect_(jwt_file: str) -> None:
    """Show what a self-signed token says, and verify nothing: anybody can have written it.

    The token comes from standard input or --jwt-file, and never from the command line. It is not shown itself.
    """
    jwt = Jwt.parse(_read_jwt(jwt_file))
    _show_claims(_claims(jwt), jwt.json)
