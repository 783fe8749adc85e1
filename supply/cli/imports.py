"""`supply import`: items, suppliers, opening stock and usage from CSV or Excel files, all or nothing."""

import sys
from pathlib import Path

import click
from sqlalchemy.orm import Session

from supply.cli.context import Cli, acts, as_json, print_json
from supply.exchange import columns
from supply.exchange.faults import BadImport
from supply.exchange.imports import When, check_kind, import_sheet, read_sheet
from supply.exchange.outcome import Imported

KINDS = ("items", "suppliers", "stock", "usage")


class _DryRun(Exception):
    """Carries the outcome out of a transaction that is to be rolled back."""

    def __init__(self, imported: Imported) -> None:
        super().__init__("dry run")
        self.imported = imported


@click.command("import")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check everything and change nothing.")
@click.option("--template", is_flag=True, help="Print a CSV file to begin with: the columns and two example rows.")
@acts
@as_json
@click.pass_obj
def import_(cli: Cli, kind: str, file: Path | None, dry_run: bool, template: bool, as_json: bool) -> None:
    """Import a CSV (UTF-8) or XLSX file. Every wrong row is named with its line; then nothing is imported."""
    check_kind(kind)
    if template:
        click.echo(columns.template(kind), nl=False)
        return
    if file is None:
        raise click.UsageError("Name the FILE to import, or ask for a --template.")
    try:
        imported = _import(cli, kind, file, dry_run)
    except BadImport as error:
        _print_bad_rows(error, as_json)
        sys.exit(1)
    for warning in imported.warnings[:200]:
        click.echo(warning, err=True)
    if as_json:
        print_json(imported.as_json(dry_run=dry_run))
    else:
        click.echo(imported.words(dry_run=dry_run))


def _import(cli: Cli, kind: str, file: Path, dry_run: bool) -> Imported:
    def run(session: Session) -> Imported:
        when = When(now, cli.settings.zone)
        imported = import_sheet(session, kind, read_sheet(kind, file), by=cli.actor(session), when=when)
        if dry_run:
            raise _DryRun(imported)
        return imported

    database, now = cli.database(), cli.now()
    try:
        return database.transact(run)
    except _DryRun as done:
        return done.imported


def _print_bad_rows(error: BadImport, as_json: bool) -> None:
    """One line for each wrong cell, then the sentence."""
    for row in error.rows:
        if as_json:
            print_json({"line": row.line, "column": row.column, "reason": row.reason})
        else:
            click.echo(row.words(), err=True)
    if error.more:
        click.echo(f"… and {error.more:,} more.", err=True)
    click.echo(error.message, err=True)
