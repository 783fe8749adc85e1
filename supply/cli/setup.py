"""`supply setup`: create or migrate the database; with --demo, a stocked demonstration office."""

import click

from supply.cli.context import Cli
from supply.cli.demo import check_empty, set_up_demo
from supply.migrations import upgrade
from supply.settings import Settings
from supply.staff import people, setup_links
from supply.stations.installing import StationPlan, install


def station_plans(settings: Settings) -> list[StationPlan]:
    """The stations that the settings seed."""
    return [
        StationPlan(s.code, s.name, s.location, s.mode, [(d.name, d.driver, dict(d.settings)) for d in s.devices])
        for s in settings.stations
    ]


def set_up(cli: Cli) -> None:
    """Bring schema and base rows to where this release wants them."""
    cli.settings.data_folder.mkdir(parents=True, exist_ok=True)
    db, now = cli.raw_database(), cli.now()
    upgrade.migrate(db)
    db.transact(lambda session: install(session, stations=station_plans(cli.settings), now=now))


def first_start_link(cli: Cli) -> str | None:
    """A one-time link that makes the first administrator; None when there is one."""
    db, now = cli.database(), cli.now()
    with db.read_session() as session:
        if people.has_administrator(session):
            return None
    token = db.transact(lambda session: setup_links.create_setup_link(session, now=now))
    return f"{cli.settings.base_url}/setup/{token}"


@click.command()
@click.option("--demo", is_flag=True, help="Fill it with a demonstration office; passwords go to demo.json.")
@click.pass_obj
def setup(cli: Cli, demo: bool) -> None:
    """Create the database, or bring it to this release."""
    if demo:
        check_empty(cli)
    set_up(cli)
    if demo:
        set_up_demo(cli)
    click.echo(f"Ready: {cli.settings.data_folder}", err=True)
