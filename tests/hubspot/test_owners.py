import json

from offhook.hubspot.owners import Person, mates, page_of_owners


def test_a_page_is_read_and_says_where_the_next_begins() -> None:
    owners = [
        {"id": "1", "firstName": "Ada", "lastName": "Abara", "teams": [{"id": "7", "name": "Sales", "primary": True}]},
        {"id": "2", "email": "info@acorn.example", "firstName": "", "lastName": None},
        {"id": "3"},
    ]
    body = json.dumps({"results": owners, "paging": {"next": {"after": "3", "link": "https://…"}}}).encode()
    page = page_of_owners().read(body)
    assert page.owners == (Person("1", "Ada Abara", ("7",)), Person("2", "info@acorn.example"), Person("3", ""))
    assert page.after == "3"
    assert page_of_owners().read(b'{"results": []}') == type(page)((), None)
    assert "after=3" in page_of_owners("3").path


def test_mates_are_those_of_all_her_teams_and_she_herself() -> None:
    people = (Person("1", "", ("a", "b")), Person("2", "", ("a",)), Person("3", "", ("b",)), Person("4", ""))
    assert mates(people) == {"1": ("1", "2", "3"), "2": ("1", "2"), "3": ("1", "3"), "4": ("4",)}
