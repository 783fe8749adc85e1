"""`supply backup` and `supply restore`: a consistent copy while everything runs, and bringing one back."""

from datetime import datetime
from functools import partial
from pathlib import Path

import click
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.backup import records
from supply.backup.restoring import restore as bring_back
from supply.backup.taking import Taken, take_backup
from supply.cli.context import Cli, acts, as_json, print_json
from supply.migrations import upgrade
from supply.staff import people, permissions
from supply.staff.permissions import Action, Actor


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@acts
@as_json
@click.pass_obj
def backup(cli: Cli, file: Path, as_json: bool) -> None:
    """Copy everything to FILE while the office works; the copy is read back and checked before it gets its name."""
    db, now = cli.database(), cli.now()
    with db.read_session() as session:
        actor = cli.actor(session)
    permissions.require(actor, Action.administer)
    taken = take_backup(db, file.absolute())
    db.transact(partial(_note, taken=taken, actor=actor, now=now))
    if as_json:
        print_json({"file": str(taken.path), "bytes": taken.size, "sha256": taken.sha256, "movements": taken.movements})
    click.echo(f"{taken.path}: {taken.movements:,} movements, {taken.size:,} bytes, SHA-256 {taken.sha256}", err=True)


def _note(session: Session, *, taken: Taken, actor: Actor, now: datetime) -> None:
    records.note_backup(session, at=now, path=taken.path, size=taken.size, sha256=taken.sha256)
    details = {"file": str(taken.path), "sha256": taken.sha256}
    chain.record(session, at=now, actor_id=actor.person_id, action="backup.take", subject="backup", details=details)


def _note_restore(session: Session, *, file: Path, kept_as: str | None, now: datetime) -> None:
    by = people.local_actor(session).person_id  # whoever has the file rights of the data folder
    details = {"file": str(file), "kept_as": kept_as}
    chain.record(session, at=now, actor_id=by, action="backup.restore", subject="backup", details=details)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--despite-faults", is_flag=True, help="Also when the books in it do not agree: better than nothing.")
@click.pass_obj
def restore(cli: Cli, file: Path, despite_faults: bool) -> None:
    """Replace everything by what FILE holds. The replaced database is kept; nothing may run meanwhile."""
    restored = bring_back(
        make_url(cli.settings.database_url),
        file.absolute(),
        data_folder=cli.settings.data_folder,
        newest=upgrade.newest(),
        now=cli.now(),
        despite_faults=despite_faults,
    )
    if cli.is_set_up():  # an older one is brought to this release first, which is audited too
        cli.database().transact(partial(_note_restore, file=file, kept_as=restored.kept_as, now=cli.now()))
    click.echo(f"Restored: {restored.movements:,} movements from {file}.", err=True)
    if restored.kept_as is not None:
        click.echo(f"What was there before is kept as {restored.kept_as}", err=True)
    if restored.revision != upgrade.newest():
        click.echo("It is of an older release. Bring it to this one: supply setup", err=True)
