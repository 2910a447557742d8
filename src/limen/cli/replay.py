"""`limen replay`: an audit repeated from its own config, and every difference."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from limen.cli._common import offer_again, quiet_option


@click.command("replay")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--into", type=click.Path(path_type=Path, file_okay=False), help="Keep the new audit here; else it is thrown away."
)
@quiet_option
def command(folder: Path, into: Path | None, quiet: bool) -> None:
    """Repeat the audit in DIR from its own config and report any difference.

    Exit codes: 0 if nothing differs, 1 if something does.
    """
    from limen.audit import AuditConfig
    from limen.cli._audit import run_settings
    from limen.ledger import AuditRecord, replay

    # It is run in a folder that is thrown away, so there is nothing to go on with.
    offer_again("Run the same command again")

    def run(old: AuditRecord, where: Path) -> AuditRecord:
        settings = AuditConfig.checked(dict(old.config))
        return run_settings(settings, where, command=old.command, fresh=True, quiet=quiet).record

    with tempfile.TemporaryDirectory(prefix="limen-replay-") as scratch:
        differences = replay(folder, into or Path(scratch) / "audit", run)
    for difference in differences:
        click.echo(str(difference))
    if differences:
        raise SystemExit(1)
    click.echo("No difference.")
