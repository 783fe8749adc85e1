"""The print queue: what needs a person first, what waits, what came out today; and labels that print at receipt."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from supply.barcodes import house_code
from supply.labels import print_jobs
from supply.labels.content import BadgeLabel
from supply.labels.models import PrintJob, PrintState
from supply.labels.symbols import house_symbol
from supply.staff.permissions import Role
from supply.stations.label_contents import item_label, lot_label
from supply.stations.print_lines import print_line
from supply.stock import catalog
from tests.browser import SIZES, axe_violations, overflow, scan_as_wedge, small_targets
from tests.factories import GLOVES, Office, gs1
from tests.web.conftest import PASSWORD, START
from tests.web.pages.conftest import Browser, lot_id, notice_undo
from tests.web.pages.test_labels import add_printer, jobs

DELIVERY = {"number": "AB12CD", "supplier": "Northside Supply", "location": "STOREROOM", "after": "0"}
ADDRESS = "/receive/delivery?number=AB12CD&supplier=Northside+Supply&location=STOREROOM&after=0"


def queued(office: Office, device: int, lot: str = "B2", copies: int = 1, **fields: Any) -> int:
    """A label that waits; gives the number of its job."""
    number = lot_id(office, lot)

    def put(session: Any) -> int:
        given: dict[str, Any] = {
            "request_id": uuid4(),
            "content": lot_label(session, number),
            "copies": copies,
            "device_id": device,
            "actor_id": office.local.person_id,
            "now": START,
            "subject": f"lot {number}",
        }
        return print_jobs.queue(session, **(given | fields)).id

    return office.db.transact(put)


def take(office: Office, device: int, now: datetime = START) -> None:
    """The printer begins with the oldest."""
    assert office.db.transact(lambda s: print_jobs.take_next(s, device_id=device, now=now)) is not None


def unknown(office: Office, device: int, **fields: Any) -> int:
    """A label of which nobody knows whether it came out."""
    job = queued(office, device, **fields)
    take(office, device)
    words = "The connection broke while it printed."
    office.db.transact(lambda s: print_jobs.unknown(s, job_id=job, words=words, now=START))
    return job


def held_up(office: Office, device: int, **fields: Any) -> int:
    """A label that did not come out because the paper is out."""
    job = queued(office, device, **fields)
    take(office, device)
    words = "The paper is out. Put in a roll."
    office.db.transact(lambda s: print_jobs.attention(s, job_id=job, words=words, now=START))
    return job


def printed(office: Office, device: int, **fields: Any) -> int:
    """A label that is out."""
    job = queued(office, device, **fields)
    take(office, device)
    office.db.transact(lambda s: print_jobs.printed(s, job_id=job, now=START))
    return job


def state(office: Office, job: int) -> PrintState:
    with office.db.read_session() as session:
        return print_line(session, job).state


def row(page: str, job: int) -> str:
    """The row of a job on the page."""
    found = re.search(rf'<li id="job-{job}".*?</li>', page, re.DOTALL)
    assert found, f"no row of job {job}"
    return found[0]


def test_an_empty_queue_says_so(stocked: Office, browse) -> None:
    assert "Nothing waits to print" in browse(Role.receiver).get("/labels/queue").text


def test_what_needs_a_person_stands_first_then_what_waits_then_today(stocked: Office, browse) -> None:
    device = add_printer(stocked)
    asked, late = unknown(stocked, device), held_up(stocked, device)
    out = printed(stocked, device)
    being_sent = queued(stocked, device)
    take(stocked, device)
    waits = queued(stocked, device, lot="A1", copies=4)
    page = browse(Role.manager).get("/labels/queue").text
    order = [page.index(heading) for heading in ('id="needing"', 'id="waiting"', 'id="done"')]
    assert order == sorted(order)
    for job, words in (
        (asked, ("Did it come out?", "Yes, it is here", "No, print again", "connection broke")),
        (late, ("Not printed", "Try again", "Cancel", "The paper is out. Put in a roll.")),
        (being_sent, ("Printing",)),
        (waits, ("Waits to print", "Cancel", "× 4", "Lot A1, 2027-MAY-31", "printer-1, Receiving bench")),
        (out, ("Printed", "Reprint")),
    ):
        for said in words:
            assert said in row(page, job)
        assert row(page, job).count("btn-primary") == (1 if job in (asked, late) else 0)


@pytest.mark.parametrize(("answer", "then"), [("yes", PrintState.printed), ("no", PrintState.queued)])
def test_a_person_says_whether_a_label_came_out(stocked: Office, browse, answer: str, then: PrintState) -> None:
    job = unknown(stocked, add_printer(stocked))
    browser = browse(Role.manager)
    browser.follow(f"/labels/jobs/{job}/settle", printed=answer)
    assert state(stocked, job) == then
    again = browser.follow(f"/labels/jobs/{job}/settle", printed=answer)
    assert "look again" in again
    assert state(stocked, job) == then


def test_a_label_held_up_by_its_printer_says_why_and_can_be_tried_at_once(stocked: Office, browse) -> None:
    device = add_printer(stocked)
    job = queued(stocked, device)
    take(stocked, device)
    words = "The cover is open. Close it; it goes on by itself."
    stocked.db.transact(lambda s: print_jobs.again(s, job_id=job, words=words, now=START))
    browser = browse(Role.receiver)
    said = row(browser.get("/labels/queue").text, job)
    for part in ("Held up", words, "Try again", "Cancel"):
        assert part in said
    browser.follow(f"/labels/jobs/{job}/retry")
    assert "Waits to print" in row(browser.get("/labels/queue").text, job)


def test_an_answer_that_is_neither_yes_nor_no_changes_nothing(stocked: Office, browse) -> None:
    job = unknown(stocked, add_printer(stocked))
    assert browse(Role.manager).post(f"/labels/jobs/{job}/settle", printed="maybe").status_code == 422
    assert state(stocked, job) == PrintState.unknown


def test_what_was_held_up_is_tried_again_or_given_up(stocked: Office, browse) -> None:
    device = add_printer(stocked)
    browser = browse(Role.receiver)
    first, second = held_up(stocked, device), held_up(stocked, device)
    assert "It is tried again." in browser.follow(f"/labels/jobs/{first}/retry")
    assert "Cancelled" in browser.follow(f"/labels/jobs/{second}/cancel")
    assert (state(stocked, first), state(stocked, second)) == (PrintState.queued, PrintState.cancelled)


def test_what_is_being_printed_cannot_be_cancelled_and_the_page_says_so(stocked: Office, browse) -> None:
    device = add_printer(stocked)
    job = queued(stocked, device)
    take(stocked, device)
    assert "This label is being printed" in browse(Role.receiver).follow(f"/labels/jobs/{job}/cancel")
    assert state(stocked, job) == PrintState.sending


def test_a_reprint_is_the_same_label_once_for_each_form_and_can_be_undone(stocked: Office, browse) -> None:
    job = printed(stocked, add_printer(stocked))
    browser, key = browse(Role.receiver), str(uuid4())
    for _ in range(2):
        page = browser.follow(f"/labels/jobs/{job}/reprint", request_id=key)
    first, second = jobs(stocked)
    assert (second.payload, second.reprint_of_id, second.copies) == (first.payload, job, 1)
    browser.follow(notice_undo(page))
    assert state(stocked, second.id) == PrintState.cancelled


def test_yesterdays_labels_are_not_todays(stocked: Office, browse, clock) -> None:
    job = printed(stocked, add_printer(stocked))
    browser = browse(Role.receiver)
    assert f'id="job-{job}"' in browser.get("/labels/queue").text
    clock.forward(days=1)
    browser = browse(Role.receiver)
    assert f'id="job-{job}"' not in browser.get("/labels/queue").text


def test_an_act_on_a_job_that_does_not_exist_is_not_found(stocked: Office, browse) -> None:
    assert browse(Role.receiver).post("/labels/jobs/77/cancel").status_code == 404


def test_whoever_sees_to_waste_sees_and_touches_container_labels_only(stocked: Office, browse) -> None:
    job = queued(stocked, add_printer(stocked))
    browser = browse(Role.waste)
    assert "Nothing waits to print" in browser.get("/labels/queue").text
    assert "badge-count" not in browser.get("/labels").text
    assert browser.post(f"/labels/jobs/{job}/cancel").status_code == 403
    assert state(stocked, job) == PrintState.queued


def test_whoever_manages_people_sees_badges_only(stocked: Office, browse) -> None:
    job = queued(stocked, add_printer(stocked))
    browser = browse(Role.admin)
    assert "Nothing waits to print" in browser.get("/labels/queue").text
    assert browser.post(f"/labels/jobs/{job}/cancel").status_code == 403
    badge = stocked.db.transact(
        lambda s: (
            print_jobs.queue(
                s,
                request_id=uuid4(),
                content=BadgeLabel("Nora", "Takes only", house_symbol(house_code.BADGE, "A7" * 13)),
                copies=1,
                device_id=None,
                address="127.0.0.1:9100",
                paper_name="57x32",
                actor_id=stocked.local.person_id,
                now=START,
                subject="badge of Nora",
                forget=True,
            ).id
        )
    )
    assert "Nothing waits to print" not in browser.get("/labels/queue").text
    assert browser.post(f"/labels/jobs/{badge}/cancel").status_code == 303
    assert state(stocked, badge) == PrintState.cancelled


@pytest.mark.parametrize("role", [Role.nurse, Role.auditor])
def test_nobody_else_sees_the_queue(stocked: Office, browse, role: Role) -> None:
    assert browse(role).get("/labels/queue").status_code == 403


def test_the_way_back_from_an_act_leads_to_no_other_site(stocked: Office, browse) -> None:
    job = queued(stocked, add_printer(stocked))
    answer = browse(Role.receiver).post(f"/labels/jobs/{job}/cancel", next="//evil.example/")
    assert answer.headers["Location"] == "/"


# ---------- receiving ----------


def receive(browser: Browser, lot: str = "C3", **fields: str) -> str:
    form = DELIVERY | {"request_id": str(uuid4()), "barcode": gs1(GLOVES, lot=lot, expiry="280630")} | fields
    return browser.follow("/receive/scan", **form)


def test_each_box_shows_its_label_and_offers_a_reprint_once_it_is_out(stocked: Office, browse) -> None:
    device = add_printer(stocked)
    browser = browse(Role.receiver)
    page = receive(browser)
    assert "Labels print on printer-1, Receiving bench." in page
    assert "Label waits" in page
    (job,) = jobs(stocked)
    take(stocked, device)
    stocked.db.transact(lambda s: print_jobs.printed(s, job_id=job.id, now=START))
    page = browser.get(ADDRESS).text
    assert "Label printed" in page
    again = re.search(rf'action="(/labels/jobs/{job.id}/reprint)"', page)
    assert again
    page = browser.follow(again[1], request_id=str(uuid4()), next=ADDRESS)
    assert "Put in: Northside Supply" in page
    assert "Label waits" in page
    assert [one.reprint_of_id for one in jobs(stocked)] == [None, job.id]


def test_a_label_that_needs_somebody_leads_to_the_queue(stocked: Office, browse) -> None:
    device = add_printer(stocked)
    browser = browse(Role.receiver)
    receive(browser)
    take(stocked, device)
    (job,) = jobs(stocked)
    stocked.db.transact(lambda s: print_jobs.attention(s, job_id=job.id, words="The paper is out.", now=START))
    page = browser.get(ADDRESS).text
    assert re.search(r'href="/labels/queue">Label not printed', page)


def test_undoing_a_box_gives_its_waiting_label_up(stocked: Office, browse) -> None:
    add_printer(stocked)
    browser = browse(Role.receiver)
    page = receive(browser)
    undo = re.findall(r'action="(/scans/[^"]+/undo[^"]*)"', page)[0].replace("&amp;", "&")
    assert "Label waits" not in browser.follow(undo)
    assert [job.state for job in jobs(stocked)] == [PrintState.cancelled]


def test_a_receiver_may_choose_to_print_none_and_it_is_carried_along(stocked: Office, browse) -> None:
    add_printer(stocked)
    browser = browse(Role.receiver)
    assert "Print on printer-1, Receiving bench" in browser.get("/receive").text
    page = receive(browser, station="")
    assert "Labels print on" not in page
    assert 'name="station" value=""' in page
    assert jobs(stocked) == []
    assert stocked.stock()["C3"] == 1


def test_without_a_printer_receiving_says_nothing_of_labels(stocked: Office, browse) -> None:
    browser = browse(Role.receiver)
    assert "Labels for the boxes" not in browser.get("/receive").text
    assert "Label waits" not in receive(browser)


def test_a_label_that_cannot_print_is_said_with_the_box_that_is_in(stocked: Office, browse) -> None:
    add_printer(stocked)
    page = receive(browse(Role.receiver), quantity="60")
    assert "No label for this one. 60 labels are too many to print by themselves." in page
    assert stocked.stock()["C3"] == 60


# ---------- in a browser ----------


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_the_queue_is_accessible_in_every_state(stocked: Office, page: Page, enter, size: str, theme: str) -> None:
    device = add_printer(stocked)
    for make in (unknown, held_up, printed, queued):
        make(stocked, device)
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=theme)
    enter(Role.manager)
    page.goto("/labels/queue")
    assert (axe_violations(page), overflow(page), small_targets(page, 48)) == ([], 0, [])


def test_a_manager_settles_an_unknown_label_by_keyboard(stocked: Office, page: Page, enter) -> None:
    job = unknown(stocked, add_printer(stocked))
    enter(Role.manager)
    page.goto("/labels/queue")
    button = page.get_by_role("button", name="Yes, it is here")
    for _ in range(40):
        page.keyboard.press("Tab")
        if button.evaluate("one => one === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_text("Noted: it came out.")).to_be_visible()
    assert state(stocked, job) == PrintState.printed


def test_the_queue_follows_by_itself_and_keeps_the_focus(stocked: Office, page: Page, enter) -> None:
    device = add_printer(stocked)
    first, second = queued(stocked, device, lot="A1"), queued(stocked, device, lot="B2")
    enter(Role.receiver)
    page.goto("/labels/queue")
    kept = page.locator(f"#job-{second}").get_by_role("button", name="Cancel")
    kept.focus()
    take(stocked, device)
    expect(page.locator(f"#job-{first}")).to_contain_text("Printing")
    expect(page.locator(f"#job-{second}").get_by_role("button", name="Cancel")).to_be_focused()
    expect(page.locator("[data-refreshed]")).to_have_text("2 waiting")


def test_the_queue_works_without_script(stocked: Office, browser: Chromium, live: str) -> None:
    job = unknown(stocked, add_printer(stocked))
    context = browser.new_context(base_url=live, java_script_enabled=False)
    page = context.new_page()
    page.goto("/sign-in?next=/labels/queue")
    page.get_by_label("Name").fill("manager")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="No, print again").click()
    expect(page.get_by_text("It is printed again.")).to_be_visible()
    context.close()
    assert state(stocked, job) == PrintState.queued


def test_a_receiver_receives_a_box_and_sees_its_label_come_out(stocked: Office, page: Page, enter) -> None:
    device = add_printer(stocked)
    enter(Role.receiver)
    page.goto("/receive")
    page.get_by_label("Who brought it").fill("Northside Supply")
    expect(page.get_by_label("Labels for the boxes")).to_contain_text("Print on printer-1")
    page.get_by_role("button", name="Start scanning").click()
    expect(page.locator("form[data-ready]")).to_be_visible()
    scan_as_wedge(page, gs1(GLOVES, lot="C3", expiry="280630"))
    expect(page.locator(".boxes > li").first).to_contain_text("Label waits")
    (job,) = jobs(stocked)
    later = datetime.now(UTC)
    take(stocked, device, later)
    stocked.db.transact(lambda s: print_jobs.printed(s, job_id=job.id, now=later))
    expect(page.locator(".boxes > li").first).to_contain_text("Label printed")
    page.get_by_role("button", name="Reprint").click()
    expect(page.get_by_text("The label is on the way again.")).to_be_visible()
    expect(page.get_by_role("heading", name="Put in: Northside Supply")).to_be_visible()
    assert [one.reprint_of_id for one in jobs(stocked)] == [None, job.id]


def test_the_labels_of_an_item_are_told_by_its_name(stocked: Office) -> None:
    device = add_printer(stocked)

    def put(session: Any) -> PrintJob:
        item = catalog.find_item(session, "GLOVE-M")
        return print_jobs.queue(
            session, request_id=uuid4(), content=item_label(session, item.id), copies=1, device_id=device,
            actor_id=stocked.local.person_id, now=START, subject=f"item {item.id}",
        )  # fmt: skip

    job = stocked.db.transact(put)
    with stocked.db.read_session() as session:
        line = print_line(session, job.id)
    assert (line.name, line.words, line.template) == ("Nitrile gloves M", "GLOVE-M", "item")
