"""The command `sign-bulk`: tokens for many viewers, from a file to a file."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from .. import Claims, MillicastError, Signer
from . import exits, output, text
from .exits import INVALID, CommandError
from .files import Sink, written
from .options import FILE_PATH, Command, connection, one_from_stdin
from .signing import claimed, parent, signer_of

if TYPE_CHECKING:
    from .viewers import Input, Names, Output

_FORMATS = ("csv", "jsonl", "arrow", "parquet")


@click.command(
    "sign-bulk",
    cls=Command,
    examples=[
        (
            "viewers.csv has a column viewer_data",
            "millicast-tokens sign-bulk 1234 viewers.csv tokens.csv --stream StageCam",
        ),
        (
            "in a pipe",
            "zcat viewers.csv.gz | millicast-tokens sign-bulk 1234 - - --input-format csv --format jsonl --stream X",
        ),
        (
            "with columns of other names, one of them to keep",
            "millicast-tokens sign-bulk 1234 sales.parquet tokens.parquet --stream StageCam --lifetime 12h "
            "--viewer-data-column customer --keep order",
        ),
    ],
)
@parent
@click.argument("input_file", metavar="INPUT", type=FILE_PATH)
@click.argument("output_file", metavar="OUTPUT", type=FILE_PATH)
@claimed
@click.option("--input-format", type=click.Choice(_FORMATS), help="What INPUT is, where its ending does not say it.")
@click.option(
    "--format", "form", type=click.Choice(_FORMATS), help="What OUTPUT becomes, where its ending does not say it."
)
@click.option(
    "--viewer-data-column",
    default="viewer_data",
    show_default=True,
    metavar="NAME",
    help="The column with the viewers' identifiers.",
)
@click.option(
    "--address-column",
    default="allowed_ip_address",
    show_default=True,
    metavar="NAME",
    help="The column with the address that each token is bound to.",
)
@click.option(
    "--lifetime-column",
    default="lifetime",
    show_default=True,
    metavar="NAME",
    help="The column with the seconds that each token lives; an empty cell takes --lifetime.",
)
@click.option("--keep", multiple=True, metavar="COLUMN", help="Another column to copy to OUTPUT. Repeatable.")
@click.option("--ignore-other-columns", is_flag=True, help="Leave other columns out. They are an error without this.")
@click.option(
    "--allow-line-breaks",
    is_flag=True,
    help="Let values in CSV hold line breaks. They are an error without this: a closing quote may be lost.",
)
@click.option(
    "--threads",
    type=click.IntRange(0, 256),
    default=1,
    show_default=True,
    help="How many threads sign; 0 for one a processor.",
)
@click.option("--force", "-f", is_flag=True, help="Replace OUTPUT where it is there already.")
@connection
def sign_bulk(  # noqa: PLR0917
    token_id: int,
    input_file: str,
    output_file: str,
    token_file: str | None,
    algorithm: str,
    stream_name: str,
    lifetime: int,
    input_format: str | None,
    form: str | None,
    viewer_data_column: str,
    address_column: str,
    lifetime_column: str,
    keep: tuple[str, ...],
    ignore_other_columns: bool,
    allow_line_breaks: bool,
    threads: int,
    force: bool,
    **given: Any,
) -> None:
    """Sign a token for each viewer in INPUT with the parent TOKEN_ID, a subscribe token, and write them to OUTPUT.

    INPUT and OUTPUT are CSV, JSON lines, Arrow (IPC) or Parquet by their endings, or - for standard input and output
    with --input-format and --format. OUTPUT has the columns of INPUT and a column "token". INPUT has at least one of
    the columns viewer_data, allowed_ip_address and lifetime. The parent comes as for "sign".

    OUTPUT gets its name when it is complete, and only its owner can read it. A viewer that can't be signed for is
    named by row and line, and then there is no OUTPUT; on standard output, what came before is written already.
    """
    from . import viewers  # noqa: PLC0415  # It needs pyarrow.

    if output_file == "-" and output.is_terminal(sys.stdout):
        raise click.UsageError(
            "tokens for many viewers are not shown on a terminal: name a file, or let a pipe take them"
        )
    one_from_stdin(input_file, token_file)
    names = viewers.Names(viewer_data_column, address_column, lifetime_column, keep, ignore_other_columns)
    source = viewers.Input(
        input_file,
        viewers.format_of(input_file, input_format, "--input-format"),
        names,
        one_thread=threads == 1,
        line_breaks=allow_line_breaks,
    )
    kind = viewers.format_of(output_file, form, "--format")
    claims = Claims(stream_name, lifetime, **given)
    with signer_of(token_id, token_file, algorithm) as signer, _target(output_file, force=force) as sink:
        job = _Job(signer, claims, lifetime, names, threads)
        _sign_all(job, source, viewers.Output(sink, kind, is_stream=output_file == "-"))


class _Job:
    """What is the same for all batches."""

    def __init__(self, signer: Signer, claims: Claims, lifetime: int, names: Names, threads: int) -> None:
        self._signer = signer
        self._claims = claims
        self._lifetime = lifetime
        self._names = names
        self._threads = threads

    def signed(self, batch: Any) -> Any:
        """The batch with its tokens."""
        import pyarrow as pa  # type: ignore[import-not-found, import-untyped, unused-ignore]  # noqa: PLC0415

        if "token" in batch.schema.names:
            raise CommandError(INVALID, "the input has a column 'token' itself, which the output is to have")
        lifetimes = self._column(batch, self._names.lifetime)
        if lifetimes is not None and pa.types.is_null(lifetimes.type):
            lifetimes = None
        if lifetimes is not None and lifetimes.null_count and pa.types.is_integer(lifetimes.type):
            lifetimes = lifetimes.cast(pa.int64()).fill_null(self._lifetime)
        viewer_data = self._column(batch, self._names.viewer_data)
        addresses = self._column(batch, self._names.address)
        if viewer_data is None and addresses is None:
            viewer_data = pa.nulls(batch.num_rows, pa.large_string())
        tokens = self._signer.sign_batch(
            self._claims, viewer_data, allowed_ip_addresses=addresses, lifetimes=lifetimes, threads=self._threads
        )
        return batch.append_column("token", tokens)

    @staticmethod
    def _column(batch: Any, name: str) -> Any:
        return batch.column(name) if name in batch.schema.names else None


def _sign_all(job: _Job, source: Input, target: Output) -> None:
    done = 0
    with _progress(source) as tell:
        for batch in source.batches():
            try:
                signed = job.signed(batch)
            except (MillicastError, TypeError) as error:
                raise _of_viewer(error, source, done) from None
            target.write(signed)
            done += batch.num_rows
            tell(done)
        target.close()
    if output.is_terminal(sys.stderr):
        output.complain(f"{done} tokens signed")


def _of_viewer(error: Exception, source: Input, before: int) -> Exception:
    """The same error with the row of the input that it is about."""
    if not isinstance(error, MillicastError):
        return CommandError(INVALID, str(error))
    if error.index is None:
        return error
    where = source.place_of(before + error.index + 1)
    # The message may begin with the place in the batch, which is none of the input's.
    message = error.message.replace(f"[{error.index}]", "", 1)
    return CommandError(exits.of(error), f"{where}: {text.plain(message)}")


@contextlib.contextmanager
def _target(file: str, *, force: bool) -> Iterator[Sink]:
    if file != "-":
        with written(file, force=force) as sink:
            yield sink
        return
    output.require()
    yield Sink(output.write_bytes)


@contextlib.contextmanager
def _progress(source: Input) -> Iterator[Any]:
    """A bar on standard error, where a person watches."""
    if not output.is_terminal(sys.stderr):
        yield lambda _: None
        return
    from rich import progress  # noqa: PLC0415

    rate = progress.TextColumn("{task.fields[tokens]} tokens")
    columns = (progress.TextColumn("signing"), progress.BarColumn(), progress.TaskProgressColumn(), rate)
    with progress.Progress(*columns, progress.TimeRemainingColumn(), console=output.console(stderr=True)) as bar:
        task = bar.add_task("signing", total=source.size, tokens=0)

        def tell(done: int) -> None:
            bar.update(task, completed=source.position(), tokens=done)

        yield tell
        if source.size is not None:
            bar.update(task, completed=source.size)
