"""`supply alert`: what people must be told."""

import click


@click.group()
def alert() -> None:
    """What people must be told."""
