"""The words of the command sheet, and that each is a barcode which reads back as itself."""

from datetime import date

import pytest

from supply.barcodes import house_code
from supply.barcodes.parse import parse
from supply.stations.commands import COMMANDS, MEANS, command_of
from supply.stations.fields import ACTIONS


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.word)
def test_every_command_is_a_house_code_that_reads_back_as_its_word(command):
    code = parse(house_code.encode(house_code.COMMAND, command.word), today=date(2026, 11, 23))
    assert (code.house_kind, code.errors) == ("command", ())
    assert command_of(code.house_value) is command


def test_no_two_commands_do_the_same():
    effects = [tuple(command.effect.items()) for command in COMMANDS]
    assert len(set(effects)) == len(effects) == len({command.word for command in COMMANDS})


def test_every_mode_has_its_command():
    assert {command.effect["mode"] for command in COMMANDS if "mode" in command.effect} == set(ACTIONS)


def test_the_sheet_has_these_quantities():
    times = [command.effect["quantity"] for command in COMMANDS if "quantity" in command.effect]
    assert times == [2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 50, 100]


def test_the_names_of_the_actions_are_understood_too():
    assert {command_of(word).word for word in MEANS} == {"TAKE", "PUTIN", "PUTBACK", "THROWOUT", "SIGNOFF"}
    assert command_of("NONSENSE") is None
