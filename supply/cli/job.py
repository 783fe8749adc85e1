"""`supply job`: what happens by itself."""

import click


@click.group()
def job() -> None:
    """What happens by itself."""
