"""/shelf-requests: what is asked for at the shelf, who may see it, and closing it with words."""

from uuid import uuid4

from supply.staff.permissions import Role
from supply.stock import shelf_requests as book
from supply.stock.catalog import search_items
from supply.stock.locations import find_place
from tests.factories import Office


def ask(room: Office) -> tuple[int, str]:
    """An open request for the first item of the room."""

    def do(session) -> tuple[int, str]:
        item = search_items(session, "", limit=1)[0]
        place, wish = find_place(session, "STOREROOM").id, {"kind": "shelf_empty", "person_id": room.local.person_id}
        asked = book.ask(session, request_id=uuid4(), item_id=item.id, location_id=place, now=room.now, **wish)
        return asked.id, item.name

    return room.db.transact(do)


def test_what_is_asked_for_stands_there_until_it_is_settled_with_words(stocked: Office, browse) -> None:
    browser = browse(Role.manager)
    assert "Nothing is asked for" in browser.get("/shelf-requests").text
    number, name = ask(stocked)
    page = browser.get("/shelf-requests").text
    assert all(word in page for word in (name, "Shelf empty", "Noted. The manager sees it"))
    assert "The shelf was said to be empty. Count it next: the book says" in page
    browser.post(f"/shelf-requests/{number}/settle", words=" ")
    assert name in browser.get("/shelf-requests").text
    assert browser.post(f"/shelf-requests/{number}/settle", words="Filled.").status_code == 303
    assert "Nothing is asked for" in browser.get("/shelf-requests").text.partition("<h1>")[2]
    assert browser.post(f"/shelf-requests/{number + 1}/settle", words="x").status_code == 404


def test_a_nurse_sees_no_list_of_what_is_asked_for(room: Office, browse) -> None:
    assert browse(Role.nurse).get("/shelf-requests").status_code == 403
