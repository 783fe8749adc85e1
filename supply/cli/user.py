"""`supply user`: the people of the office."""

import sys

import click

from supply.cli.context import Cli, as_json, print_json
from supply.errors import Invalid
from supply.staff import people
from supply.staff.permissions import Role


@click.group()
def user() -> None:
    """People and their roles."""


@user.command("add")
@click.argument("name")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice([role.value for role in Role]))
@click.option("--display-name", metavar="TEXT", help="As it stands on papers; default the name.")
@click.option("--email", metavar="ADDRESS", help="Where the morning mail goes.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@as_json
@click.pass_obj
def add(
    cli: Cli,
    name: str,
    roles: tuple[str, ...],
    display_name: str | None,
    email: str | None,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """Add a person with one or more roles. Without a password they cannot sign in yet."""
    password = _password() if password_stdin else None
    person = cli.database().transact(
        lambda session: people.add_person(
            session,
            name=name,
            display_name=display_name,
            roles=[Role(role) for role in roles],
            password=password,
            email=email,
            by=cli.actor(session),
            now=cli.now(),
        )
    )
    if as_json:
        said = {"name": person.name, "display_name": person.display_name, "email": person.email}
        print_json({**said, "roles": sorted(set(roles))})
    else:
        click.echo(f"Added {person.name} ({', '.join(sorted(set(roles)))}).", err=True)


@user.command("list")
@as_json
@click.pass_obj
def listing(cli: Cli, as_json: bool) -> None:
    """Everybody: name, roles, whether they may act."""
    with cli.database().read_session() as session:
        rows = people.roster(session)
    for row in rows:
        roles = sorted(role.value for role in row.roles)
        if as_json:
            disabled = row.disabled_at.isoformat() if row.disabled_at else None
            said = {"name": row.name, "display_name": row.display_name, "email": row.email, "roles": roles}
            print_json({**said, "disabled_at": disabled})
        else:
            click.echo(f"{row.name:<20} {', '.join(roles)}{'  disabled' if row.disabled_at else ''}")


def _password() -> str:
    """The first line of standard input. Raises Invalid when there is none."""
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise Invalid("No password came on standard input.", code="weak_password")
    return password
