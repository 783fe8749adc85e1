"""`supply reorder`: what to order, and why; also on CSV files, without a database."""

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from supply.cli.context import Cli, as_json, print_json
from supply.errors import SupplyError
from supply.jobs.model import JobContext
from supply.jobs.night import add_up_use
from supply.purchasing import reasons
from supply.purchasing.gathering import Gathered
from supply.purchasing.offline import suggest_from_csv
from supply.purchasing.suggestions import explain, suggestions_at
from supply.purchasing.suppliers import suppliers
from supply.replenishment.rule import ReorderRules, Suggestion
from supply.web.money import money_text

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def reorder() -> None:
    """What to order, and why."""


@reorder.command("suggest")
@click.option("--as-of", type=DAY, help="As it was at the end of that day (default: now).")
@click.option(
    "--from-csv", "folder", type=click.Path(path_type=Path, file_okay=False), help="Files instead of a database."
)
@click.option("--today", type=DAY, help="With --from-csv: the day that is decided on.")
@as_json
@click.pass_obj
def suggest(cli: Cli, as_of: datetime | None, folder: Path | None, today: datetime | None, as_json: bool) -> None:
    """Every item that should be ordered. --from-csv writes suggestions.csv and explanations.csv there."""
    if folder is not None:
        if today is None or as_of is not None:
            raise click.UsageError("With --from-csv, name the day with --today, and leave --as-of out.")
        suggest_from_csv(folder, today.date())
        return
    if today is not None:
        raise click.UsageError("--today goes with --from-csv; use --as-of for a day gone by.")
    day = as_of.date() if as_of else cli.today()
    if day > cli.today():
        raise SupplyError(f"{day} is still to come.")
    _bring_up_to_date(cli)
    with cli.database().read_session() as session:
        names = {one.id: one.name for one in suppliers(session)}
        found = suggestions_at(session, today=day, now=cli.now(), zone=cli.settings.zone, rules=_rules(cli))
    for gathered, said in found:
        if said.packs:
            _print(_line(gathered, said, names, day), as_json)


@reorder.command("explain")
@click.argument("sku")
@as_json
@click.pass_obj
def explain_(cli: Cli, sku: str, as_json: bool) -> None:
    """The numbers behind the suggestion of one item."""
    _bring_up_to_date(cli)
    with cli.database().read_session() as session:
        found = explain(session, sku, now=cli.now(), today=cli.today(), zone=cli.settings.zone, rules=_rules(cli))
    numbers = {"sku": found.gathered.entry.sku, **asdict(found.suggestion), "reason": found.reason}
    numbers["remarks"] = list(found.remarks)
    if as_json:
        print_json(numbers)
        return
    click.echo(found.reason)
    for remark in found.remarks:
        click.echo(remark)
    for name, value in _flat(numbers).items():
        click.echo(f"{name:<24} {value}")


def _flat(numbers: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in numbers.items():
        if name in {"reason", "remarks"}:
            continue
        if isinstance(value, dict):
            flat.update({f"{name}.{inner}": _rounded(one) for inner, one in value.items()})
        else:
            flat[name] = " ".join(value) if isinstance(value, tuple) else _rounded(value)
    return flat


def _rounded(value: Any) -> Any:
    return round(value, 2) if isinstance(value, float) else value


def _line(gathered: Gathered, said: Suggestion, names: dict[int, str], day: date) -> dict[str, Any]:
    entry = gathered.entry
    cost = None if entry.price is None else entry.price * said.packs
    return {
        "sku": entry.sku,
        "quantity": said.quantity,
        "packs": said.packs,
        "supplier": names.get(gathered.supplier_id or 0, entry.supplier),
        "cost": money_text(cost),
        "reason": reasons.sentence(said, today=day),
    }


def _print(line: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(line)
    else:
        supplier, cost = line["supplier"] or "-", line["cost"] or "-"
        click.echo(
            f"{line['sku']:<16} {line['quantity']:>7} {line['packs']:>5}  {supplier:<20} {cost:>10}  {line['reason']}"
        )


def _rules(cli: Cli) -> ReorderRules:
    reorder = cli.settings.reorder
    return ReorderRules(reorder.review_days, reorder.cover_days, reorder.safety_factor)


def _bring_up_to_date(cli: Cli) -> None:
    """Use is read by day; what was booked since the night is added up first."""
    add_up_use(JobContext(cli.database(), cli.settings, cli.now(), cli.today()))
