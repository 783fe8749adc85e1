"""`supply alert`: what people must be told."""

import click

from supply.alerts import book
from supply.alerts.alert_lines import AlertLine, alerts_after, open_alerts
from supply.alerts.audience import read_by
from supply.cli.context import Cli, acts, as_json, print_json

LIST_LINES = 10_000


@click.group()
def alert() -> None:
    """What people must be told."""


@alert.command("list")
@click.option("--kind", metavar="KIND", help="Of this kind only: expiry, recall, reorder …")
@click.option("--all", "with_closed", is_flag=True, help="Those that are over too, in the order in which they opened.")
@acts
@as_json
@click.pass_obj
def listing(cli: Cli, kind: str | None, with_closed: bool, as_json: bool) -> None:
    """Open alerts for the roles of --user, most urgent first: kind, subject, opened_at, severity, acknowledged."""
    with cli.database().read_session() as session:
        roles = read_by(cli.actor(session).roles)
        if with_closed:
            lines = alerts_after(session, roles=roles, state="all", kind=kind, after_id=0, limit=LIST_LINES)
        else:
            lines = open_alerts(session, roles=roles, kind=kind, limit=LIST_LINES)
    for line in lines:
        if as_json:
            print_json(_row(line))
        else:
            seen = "  seen" if line.acknowledged_at else ""
            click.echo(f"{line.id:>6} {line.severity:<6} {line.kind:<12} {line.subject:<20} {line.message}{seen}")


@alert.command("acknowledge")
@click.argument("alert_id", metavar="ID", type=click.IntRange(1, 2**31 - 1))
@acts
@click.pass_obj
def acknowledge(cli: Cli, alert_id: int) -> None:
    """Say that an alert was seen: it stays open and quiet until its cause goes or gets worse."""
    cli.database().transact(
        lambda session: book.acknowledge(session, alert_id=alert_id, actor=cli.actor(session), now=cli.now())
    )
    click.echo(f"Alert {alert_id} is quiet.", err=True)


def _row(line: AlertLine) -> dict[str, object]:
    return {
        "id": line.id,
        "kind": line.kind,
        "subject": line.subject,
        "opened_at": line.opened_at.isoformat(),
        "severity": line.severity,
        "acknowledged": line.acknowledged_at is not None,
        "message": line.message,
        "role": line.role,
        "closed_at": line.closed_at.isoformat() if line.closed_at else None,
        "closed_because": line.closed_because,
    }
