"""`supply tls`: a certificate for phones and tablets, whose cameras only work over https."""

import shutil
from dataclasses import asdict

import click

from supply.cli.context import Cli, as_json, print_json
from supply.errors import Invalid, NotFound
from supply.tls import authority, names, public_authority
from supply.tls.files import TlsFiles, files_in, files_in_use, tls_folder
from supply.web.server import plain_only


@click.group()
def tls() -> None:
    """Certificates: an authority of the office's own, or files of a public one."""


@tls.command()
@click.option("--name", "named", multiple=True, metavar="NAME", help="A name or address that people type; repeatable.")
@click.option("--new-authority", is_flag=True, help="Throw the authority away; every device must then trust anew.")
@click.pass_obj
def init(cli: Cli, named: tuple[str, ...], new_authority: bool) -> None:
    """Make this office's own authority and a certificate for this machine."""
    folder = tls_folder(cli.settings)
    files = files_in(folder)
    every = names.checked((*named, *names.of_this_machine()))
    if new_authority:
        shutil.rmtree(folder, ignore_errors=True)
    assert files.authority is not None
    if not files.authority.exists():
        authority.make_authority(files, office=cli.settings.office.name, names=every, now=cli.now())
    authority.issue_server_certificate(files, names=every, now=cli.now())
    _say_how_to_go_on(cli, files, (named or every)[0])


@tls.command()
@click.option(
    "--name", "named", multiple=True, required=True, metavar="NAME", help="The office's name on the internet."
)
@click.option("--email", required=True, help="Whom the authority may write to.")
@click.option("--directory", default=public_authority.DIRECTORY, show_default=True, help="Another authority's address.")
@click.option("--agree", is_flag=True, help="Agree to the authority's terms of service.")
@click.pass_obj
def acme(cli: Cli, named: tuple[str, ...], email: str, directory: str, agree: bool) -> None:
    """Get a certificate of a public authority by ACME; renewed by itself from then on.

    The authority asks at port 80 of the name: it must arrive at plain_port of the running office.
    """
    if not agree:
        raise Invalid("Read the authority's terms of service, then say so with --agree.", code="not_agreed")
    wish = public_authority.checked_wish(names=named, email=email, directory=directory)
    with plain_only(cli.settings):
        public_authority.obtain(tls_folder(cli.settings), wish)
    click.echo(f"Certificate for {', '.join(wish.names)}. It holds from the next start.", err=True)


@tls.command()
@as_json
@click.pass_obj
def show(cli: Cli, as_json: bool) -> None:
    """For which names the certificate in use speaks, and until when."""
    files = files_in_use(cli.settings)
    if files is None:
        raise NotFound("There is no certificate. Run supply tls init, or name your own files in the settings.")
    line = {**asdict(authority.shown(files.certificate)), "is_own_authority": files.authority is not None}
    line["valid_until"] = line["valid_until"].isoformat()
    if as_json:
        print_json(line)
        return
    click.echo(f"{', '.join(line['names'])}\nuntil {line['valid_until']}\nby {line['issuer']}\n{line['fingerprint']}")


@tls.command()
@click.pass_obj
def off(cli: Cli) -> None:
    """Serve without TLS again; the files are put aside, not thrown away."""
    folder = tls_folder(cli.settings)
    if not folder.is_dir():
        raise NotFound("There is no certificate of this program to put aside.")
    aside = folder.with_name(f"{folder.name}-{cli.now():%Y%m%d%H%M%S}")
    folder.rename(aside)
    click.echo(f"Put aside to {aside}. It holds from the next start.", err=True)


def _say_how_to_go_on(cli: Cli, files: TlsFiles, name: str) -> None:
    shown, server = authority.shown(files.certificate), cli.settings.server
    click.echo(f"Certificate for {', '.join(shown.names)}, until {shown.valid_until:%Y-%m-%d}.", err=True)
    click.echo(f"From the next start: https://{name}:{server.port}", err=True)
    if server.plain_port:
        click.echo(f"On each phone and tablet open http://{name}:{server.plain_port}/trust once.", err=True)
