"""The kiosk and the label of a waste container: what is thrown out goes into it."""

from playwright.sync_api import expect

from supply.barcodes.house_code import CONTAINER, encode
from tests.web.kiosk import office
from tests.web.kiosk.acts import Begin, posts, press, scan, state

LABEL = encode(CONTAINER, 12)


def test_a_containers_label_asks_why_once_and_names_where_everything_goes(kiosk: Begin) -> None:
    page = kiosk()
    sent = posts(page)
    scan(page, LABEL)
    expect(page.get_by_role("dialog")).to_contain_text("It goes into container W-000012.")
    press(page, "Damaged")
    expect(page.get_by_role("heading", level=1)).to_contain_text("into W-000012")
    with page.expect_request("**/api/v1/scans"):
        scan(page, office.OLDER)
    assert [one.post_data_json["container"] for one in sent] == [LABEL]


def test_an_expired_box_goes_into_the_container_scanned_next(kiosk: Begin) -> None:
    page = kiosk()
    scan(page, office.EXPIRED)
    page.get_by_role("alertdialog").wait_for()
    # The stop stands before the server has answered: the first scan itself may go out only now.
    with page.expect_request(lambda one: '"discard"' in (one.post_data or "")) as thrown:
        scan(page, LABEL)
    body = thrown.value.post_data_json
    assert (body["action"], body["reason"], body["lot"], body["container"]) == ("discard", "expired", "X99", LABEL)


def test_another_mode_forgets_the_container(kiosk: Begin) -> None:
    page = kiosk()
    scan(page, LABEL)
    press(page, "Expired")
    press(page, "Mode")
    press(page, "TAKE")
    sent = posts(page)
    scan(page, office.OLDER)
    state(page, "recorded")
    assert "container" not in sent[0].post_data_json
