"""`completion`: the script that lets a shell complete our commands and options."""

import click
from click.shell_completion import get_completion_class

_EPILOG = """\b
Examples:
  echo 'eval "$(uptime-slo-exporter completion bash)"' >> ~/.bashrc
  echo 'eval "$(uptime-slo-exporter completion zsh)"' >> ~/.zshrc
  uptime-slo-exporter completion fish > ~/.config/fish/completions/uptime-slo-exporter.fish
"""


@click.command(epilog=_EPILOG)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print a completion script for a shell."""
    root = ctx.find_root()
    program = root.info_name or ""
    variable = f"_{program.replace('-', '_')}_COMPLETE".upper()
    completion = get_completion_class(shell)
    if completion is None:  # pragma: no cover -- the choices are those that click has
        msg = f"there is no completion for {shell}"
        raise click.UsageError(msg)
    click.echo(completion(root.command, {}, program, variable).source())
