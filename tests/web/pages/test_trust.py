"""The page that says how to trust the office's own certificate, as a phone shows it."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from supply.settings import Settings
from supply.tls import authority
from supply.tls.files import TlsFiles, files_in, tls_folder
from tests.browser import axe_violations, overflow, small_targets


@pytest.fixture
def files(settings: Settings) -> TlsFiles:
    made = files_in(tls_folder(settings))
    authority.make_authority(made, office="Elm", names=("localhost",), now=datetime.now(UTC))
    authority.issue_server_certificate(made, names=("localhost",), now=datetime.now(UTC))
    return made


def test_nobody_has_to_sign_in_to_learn_how_to_trust(page: Page, files: TlsFiles) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/trust")
    page.get_by_text("iPhone and iPad").click()
    expect(page.get_by_text("Certificate Trust Settings")).to_be_visible()
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        assert axe_violations(page) == []
    assert overflow(page) == 0
    assert small_targets(page) == []
    assert files.authority is not None
    expect(page.get_by_text(authority.shown(files.authority).fingerprint)).to_be_visible()
    with page.expect_download() as given:
        page.get_by_role("link", name="Download the profile").first.click()
    assert b"com.apple.security.root" in given.value.path().read_bytes()


def test_where_there_is_no_own_authority_nothing_is_asked_for(page: Page) -> None:
    page.goto("/trust")
    expect(page.get_by_role("heading", name="Nothing to do here")).to_be_visible()
    assert page.request.get("/trust/authority.crt").status == 404
