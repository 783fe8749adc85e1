"""`supply job`: what happens by itself, and doing it now."""

import sys
from typing import Any

import click

from supply.cli.context import Cli, acts, as_json, print_json
from supply.jobs.models import RunOutcome
from supply.jobs.runner import job_named, run_by_hand
from supply.staff import permissions
from supply.staff.permissions import Action
from supply.web.job_lines import JobLine, job_lines


@click.group()
def job() -> None:
    """What happens by itself."""


@job.command("list")
@as_json
@click.pass_obj
def list_jobs(cli: Cli, as_json: bool) -> None:
    """Every job: when it is next, when it last ran, what came of it."""
    with cli.database().read_session() as session:
        lines = job_lines(session, settings=cli.settings, now=cli.now())
    for line in lines:
        row = _row(line)
        if as_json:
            print_json(row)
        else:
            click.echo("\t".join(str(value) if value is not None else "-" for value in row.values()))


@job.command("run")
@click.argument("name")
@acts
@as_json
@click.pass_obj
def run_job(cli: Cli, name: str, as_json: bool) -> None:
    """Run one job here and now, and wait for it; exit status 1 when it fails."""
    db = cli.database()
    job_named(name)
    with db.read_session() as session:
        actor = cli.actor(session)
    permissions.require(actor, Action.run_jobs)
    run = run_by_hand(db, cli.settings, name=name, actor_id=actor.person_id, now=cli.now())
    if as_json:
        print_json(
            {
                "name": run.job,
                "outcome": run.outcome,
                "summary": run.summary,
                "started_at": run.started_at.isoformat(),
                "ended_at": run.ended_at.isoformat() if run.ended_at else None,
            }
        )
    if run.outcome == RunOutcome.done:
        click.echo(run.summary, err=as_json)
        return
    click.echo(run.summary, err=True)
    sys.exit(1)


def _row(line: JobLine) -> dict[str, Any]:
    last = line.last
    return {
        "name": line.name.value,
        "state": line.state,
        "next": line.next_at.isoformat(),
        "last": last.started_at.isoformat() if last else None,
        "outcome": last.outcome if last else None,
        "seconds": last.seconds if last else None,
        "summary": last.words if last else None,
    }
