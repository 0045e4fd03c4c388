"""What stands around a contact, through the real service and HubSpot's own records."""

from tests.real_service import Panel, RealService

from hubspot_sandbox.seeds import demo
from offhook.policies.policy import Policy


async def contact_id(ben: Panel) -> str:
    [carla] = (await ben.get("/api/contacts", params={"query": demo.CARLA_NUMBER}))["contacts"]
    return str(carla["id"])


async def test_an_agent_sees_company_deals_and_tickets_as_far_as_granted(
    service: RealService, ada: Panel, ben: Panel
) -> None:
    found = await ben.get(f"/api/contacts/{await contact_id(ben)}/around")
    shelves = {each["kind"]: each for each in found["shelves"]}
    assert found["off"] == []
    deals = [(each["name"], each["detail"], each["open"]) for each in shelves["deals"]["records"]]
    assert deals == [("Espresso machines", "4,800.00", True), ("Grinders", "1,250.00, won", False)]
    assert shelves["companies"]["records"][0]["url"].startswith(f"{service.sandbox.base_url}/contacts/")
    [ticket] = shelves["tickets"]["records"]
    assert (ticket["name"], ticket["open"]) == ("Late delivery", True)


async def test_what_an_administrator_switched_off_is_not_asked_for(ada: Panel, ben: Panel) -> None:
    await ada.do("PUT", "/api/administration/policy", {"without": ["company-and-deals"]})
    found = await ben.get(f"/api/contacts/{await contact_id(ben)}/around")
    assert ([each["kind"] for each in found["shelves"]], found["off"]) == (["tickets"], ["companies", "deals"])
    await ada.do("PUT", "/api/administration/policy", {"without": list(Policy().without)})


async def test_a_strange_contact_is_not_found(ben: Panel, zed: Panel) -> None:
    for panel, which in ((ben, "..%2F7"), (ben, "999999999"), (zed, "999999999")):
        answer = await panel.ask("GET", f"/api/contacts/{which}/around")
        assert answer.status_code == 404, answer.text
