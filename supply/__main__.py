"""`python -m supply`: the same as the `supply` command."""

from supply.cli.main import supply


def main() -> None:
    """Run the command line."""
    supply(prog_name="supply")


if __name__ == "__main__":
    main()
