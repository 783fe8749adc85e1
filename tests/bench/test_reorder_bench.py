"""`supply bench reorder`: the check is timed, and the rule does better than what it replaces."""

import json

from click.testing import CliRunner

from supply.bench import reorder
from supply.cli.main import supply


def test_the_rule_costs_less_than_a_par_and_than_a_minimum() -> None:
    check, *policies = list(reorder.rows(items=20))
    assert (check["items"], check["seconds"] > 0) == (20, True)
    cost = {row["policy"]: row["cost"] for row in policies}
    assert cost["the rule"] < cost["par for the quoted lead time"]
    assert cost["the rule"] < cost["minimum and maximum"]


def test_the_command_prints_a_line_for_each_row() -> None:
    done = CliRunner().invoke(supply, ["bench", "reorder", "--items", "20", "--simulated", "3", "--json"])
    assert done.exit_code == 0, done.output
    assert [json.loads(line)["row"] for line in done.stdout.splitlines()] == ["check", "policy", "policy", "policy"]
    said = CliRunner().invoke(supply, ["bench", "reorder", "--items", "20", "--simulated", "3"]).stdout
    assert "20 items checked in" in said
    assert "the rule" in said
