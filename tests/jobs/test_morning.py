"""What the morning's jobs take from the settings."""

from pathlib import Path

import pytest

from tests.jobs.timetables import settings_in


@pytest.mark.parametrize(
    ("server", "leads_to"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"tls_certificate": "/etc/supply/certificate.pem", "port": 8443}, "https://127.0.0.1:8443"),
        ({"address": "https://supply.example.org", "host": "0.0.0.0"}, "https://supply.example.org"),
    ],
)
def test_links_in_mails_lead_where_people_reach_the_office(
    tmp_path: Path, server: dict[str, object], leads_to: str
) -> None:
    settings = settings_in(tmp_path)
    changed = settings.model_copy(update={"server": settings.server.model_copy(update=server)})
    assert changed.base_url == leads_to
