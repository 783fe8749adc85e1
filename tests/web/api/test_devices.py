"""/devices: how the hardware is."""

from collections.abc import Callable

from supply.staff.permissions import Role
from tests.web.api.conftest import Api


def test_devices_are_listed_with_their_state_and_without_their_settings(api: Callable[[Role], Api]) -> None:
    for role in Role:
        status, answer = api(role).get("/devices")
        assert status == 200
        assert answer["items"] == [
            {
                "name": "scanner-1",
                "station": "kiosk-1",
                "kind": "scanner",
                "driver": "serial_port",
                "state": "closed",
                "state_words": "",
                "last_activity_at": None,
                "paper": None,
            }
        ]


def test_a_wrong_query_is_refused(nurse: Api) -> None:
    assert nurse.get("/devices?limit=1000")[1]["code"] == "bad_field"
