"""`supply reorder`: what to order, and why."""

import click


@click.group()
def reorder() -> None:
    """What to order, and why."""
