"""The catalogue of what HubSpot says, over HTTP: for everybody, and to choose from when one is stopped."""

from tests.real_service import SECRET, RealService

from offhook.diagnosis.meanings import Kind


async def test_anybody_may_read_what_hubspots_pages_mean(service: RealService) -> None:
    answer = await service.http.get("/api/wordings")
    assert answer.status_code == 200
    headings = answer.json()["headings"]
    entries = [entry for heading in headings for entry in heading["entries"]]
    assert {entry["key"] for entry in entries} == {kind.value for kind in Kind}
    assert list(entries[0]) == [
        "key",
        "shown",
        "cause",
        "sure",
        "title",
        "says",
        "who",
        "remedy",
        "seen",
        "source",
    ]
    assert all(heading["heading"] and heading["entries"] for heading in headings)


async def test_what_was_chosen_is_explained_and_kept(service: RealService) -> None:
    begun = await service.begin()
    path = f"/api/sign-ins/{begun['id']}/stuck"
    answer = await service.http.post(path, json={"secret": SECRET, "saw": "scopes-mismatch"})
    diagnosis = answer.json()["diagnosis"]
    assert (diagnosis["cause"], diagnosis["sure"]) == ("app", "certain")
    assert diagnosis["who"] == "Whoever runs Offhook for you"
    assert (await service.claim(begun["id"]))["diagnosis"] == diagnosis
    closed = await service.http.post(path, json={"secret": SECRET, "saw": "window-closed"})
    assert closed.json()["diagnosis"]["title"] == "HubSpot's page was closed before an answer came"
