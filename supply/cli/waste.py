"""`supply waste`: regulated medical waste."""

import click


@click.group()
def waste() -> None:
    """Regulated medical waste."""
