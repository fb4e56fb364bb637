"""Completion for shells."""

from __future__ import annotations

import click

from .options import Command
from .output import write

COMPLETE_VARIABLE = "_MILLICAST_TOKENS_COMPLETE"
_NAME = "millicast-tokens"


@click.command(
    cls=Command,
    examples=[
        ("for bash, in ~/.bashrc", 'eval "$(millicast-tokens completion bash)"'),
        ("for zsh, in ~/.zshrc, behind compinit", 'eval "$(millicast-tokens completion zsh)"'),
        ("for fish", "millicast-tokens completion fish > ~/.config/fish/completions/millicast-tokens.fish"),
    ],
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print what makes a shell complete commands and options: for bash, zsh or fish."""
    from click.shell_completion import ShellComplete, get_completion_class  # noqa: PLC0415

    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101  # The choice has no others.
    script = kind(context.find_root().command, {}, _NAME, COMPLETE_VARIABLE)
    # Not bash's own, which starts bash to ask for its version.
    write(ShellComplete.source(script) + "\n")
