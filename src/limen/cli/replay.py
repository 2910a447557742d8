"""`limen replay`: an audit repeated from its own config, and every difference."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import click

from limen.cli._common import offer_again, quiet_option

VARIABLE = "LIMEN_CACHE"
"""Where twins and neutral writers are kept; see `limen.models.cache_folder`."""


@click.command("replay")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--into", type=click.Path(path_type=Path, file_okay=False), help="Keep the new audit here; else it is thrown away."
)
@click.option("--cached", is_flag=True, help="Take twins and neutral writers from the cache, which is much faster.")
@quiet_option
def command(folder: Path, into: Path | None, cached: bool, quiet: bool) -> None:
    """Repeat the audit in DIR from its own config and report any difference.

    Everything is trained anew, twins and neutral writers too, unless --cached is given. Works from any directory.

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

    with tempfile.TemporaryDirectory(prefix="limen-replay-") as scratch, nullcontext() if cached else _empty_cache():
        differences = replay(folder, into or Path(scratch) / "audit", run)
    for difference in differences:
        click.echo(str(difference))
    if differences:
        raise SystemExit(1)
    click.echo("No difference.")


@contextmanager
def _empty_cache() -> Iterator[None]:
    """A cache of its own, so that nothing trained by the audit is taken for the replay."""
    before = os.environ.get(VARIABLE)
    with tempfile.TemporaryDirectory(prefix="limen-cache-") as folder:
        os.environ[VARIABLE] = folder
        try:
            yield
        finally:
            if before is None:
                del os.environ[VARIABLE]
            else:
                os.environ[VARIABLE] = before
