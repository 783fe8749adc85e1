"""`supply bench`: the benchmarks, on this machine."""

from typing import Any

import click

from supply.bench import camera, camera_rates, camera_video
from supply.bench import grow as growing
from supply.bench import label as labelling
from supply.bench import reorder as reordering
from supply.bench import scan as scanning
from supply.cli.context import as_json, print_json
from supply.labels.paper import LABELS, RESOLUTIONS


@click.group()
def bench() -> None:
    """Benchmarks of this machine. Each makes its own database in a temporary folder."""


@bench.command("scan")
@click.option("--requests", type=click.IntRange(min=10), default=1_000, show_default=True, help="Scans in each run.")
@click.option("--rounds", type=click.IntRange(min=1), default=3, show_default=True)
@click.option("--items", type=click.IntRange(min=1), default=2_000, show_default=True)
@click.option("--movements", type=click.IntRange(min=0), default=200_000, show_default=True)
@as_json
def scan(requests: int, rounds: int, items: int, movements: int, as_json: bool) -> None:
    """The scan over HTTP, beside the least that the same rows can cost."""
    for row in scanning.rows(items=items, movements=movements, requests=requests, rounds=rounds):
        if as_json:
            print_json(row)
        else:
            click.echo(_words(row))


@bench.command("reorder")
@click.option("--items", type=click.IntRange(min=1), default=1_000, show_default=True, help="Items of the check.")
@click.option(
    "--simulated", type=click.IntRange(min=1), default=36, show_default=True, help="Items of the made-up office."
)
@as_json
def reorder(items: int, simulated: int, as_json: bool) -> None:
    """How long the nightly check takes, and what the rule costs a made-up office beside simpler ones."""
    for row in reordering.rows(items=items, simulated=simulated):
        if as_json:
            print_json(row)
        elif row["row"] == "check":
            click.echo(f"{row['items']:,} items checked in {row['seconds']} s, each with a year of use")
        else:
            said = f"filled {row['filled']} %   {row['days_of_supply']} days of supply   expired {row['expired']} %"
            click.echo(f"{row['policy']:<30} {said}   cost {row['cost']} % a year")


@bench.command("grow")
@click.option("--scans", type=click.IntRange(min=10), default=300, show_default=True, help="Scans at each size.")
@as_json
def grow(scans: int, as_json: bool) -> None:
    """Whether one scan gets slower while the ledger gets longer."""
    for row in growing.rows(scans=scans):
        if as_json:
            print_json(row)
        else:
            size = f"{row['movements']:>9,} movements {row['megabytes']:>7} MB"
            click.echo(f"{size}   median {row['p50']} ms   99 % {row['p99']} ms")


@bench.command("camera")
@click.option("--pictures", "photographs", is_flag=True, help="How many pictures are read, beside others alone.")
@click.option("--video-frames", type=click.IntRange(min=1), help="Count false reads in this many frames of films.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, other pictures.")
@click.option("--count", type=click.IntRange(min=1), default=720, show_default=True, help="Ordinary pictures.")
@click.option("--each", type=click.IntRange(min=1), default=24, show_default=True, help="Pictures of each hard class.")
@click.option("--timed", type=click.IntRange(min=10), default=150, show_default=True, help="Pictures timed in a round.")
@as_json
def camera_(
    photographs: bool, video_frames: int | None, seed: int, count: int, each: int, timed: int, as_json: bool
) -> None:
    """How fast a picture is answered; or what is read of generated pictures; or false reads in films."""
    if photographs:
        found = camera_rates.rows(seed=seed, count=count, each=each)
    elif video_frames:
        found = camera_video.rows(frames=video_frames, seed=seed)
    else:
        found = camera.rows(pictures=timed, seed=seed)
    for row in found:
        if as_json:
            print_json(row)
        else:
            click.echo(_of_camera(row))


def _of_camera(row: dict[str, Any]) -> str:
    if row["row"] == "rate":
        said = "   ".join(f"{who} {row['read'][who]:>4} ✗{row['misread'][who]}" for who in row["read"])
        return f"{row['table']:<6} {row['name']:<28} {row['codes']:>4} codes   {said}"
    if row["row"] == "run":
        times = "  ".join(f"{name} {row[name]:>7} ms" for name in ("p50", "p95", "p99"))
        return f"{row['who']:<11} {row['pictures']} pictures  {times}"
    if row["row"] == "summary":
        return "\n".join(f"{name}: {row[name]} (target: at most {most:g})" for name, most in row["targets"].items())
    return "\n".join(f"{name}: {value}" for name, value in row.items() if name != "row")


@bench.command("label")
@click.option("--labels", type=click.IntRange(min=10), default=400, show_default=True, help="Labels in each run.")
@click.option("--rounds", type=click.IntRange(min=1), default=3, show_default=True)
@click.option("--paper", type=click.Choice([*LABELS]), default="57x32", show_default=True)
@click.option("--dpi", type=click.Choice([str(dots) for dots in RESOLUTIONS]), default="203", show_default=True)
@as_json
def label(labels: int, rounds: int, paper: str, dpi: str, as_json: bool) -> None:
    """A lot's label composed, decoded and queued, beside the bare raster of the same label."""
    for row in labelling.rows(labels=labels, rounds=rounds, size=paper, dots_per_inch=int(dpi)):
        if as_json:
            print_json(row)
        else:
            click.echo(_label_words(row))


def _label_words(row: dict[str, Any]) -> str:
    if row["row"] == "size":
        return f"labels on {row['paper']}, {row['bytes']:,} bytes each"
    if row["row"] == "run":
        times = "  ".join(f"{name} {row[name]:>7} ms" for name in ("p50", "p95", "p99", "max"))
        return f"{row['who']:<8} {row['labels']} labels  {times}"
    most = row["targets"]["ratio_p50"]
    return (
        f"median: {row['ratio_p50']} times the bare raster (target: at most {most:g}); "
        f"p99: {row['ratio_p99']} times; processor alone: {row['ratio_processor']} times"
    )


def _words(row: dict[str, Any]) -> str:
    if row["row"] == "size":
        return f"{row['items']:,} items, {row['lots']:,} lots, {row['movements']:,} movements"
    if row["row"] == "run":
        said = ", ".join(f"{count} × {status}" for status, count in row["statuses"].items())
        times = "  ".join(f"{name} {row[name]:>7} ms" for name in ("p50", "p95", "p99", "max"))
        return f"{row['who']:<8} {row['clients']} client(s)  {times}  {row['per_second']:>6}/s  {said}"
    lines = [f"{name}: {row[name]} (target: at most {most:g})" for name, most in row["targets"].items()]
    return "\n".join([*lines, f"recorded: {row['recorded']:,} of {row['sent']:,}"])
