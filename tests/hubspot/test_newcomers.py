from offhook.calls.phone_number import PhoneNumber
from offhook.hubspot.contacts import Contact, ContactNumber
from offhook.hubspot.newcomers import KEPT, Newcomers

NUMBER = PhoneNumber("+14155550100")
MARIA = Contact("51", "Maria", numbers=(ContactNumber("phone", "+14155550100"),))


def test_a_new_contact_is_known_by_its_number_in_its_account_for_a_while() -> None:
    newcomers = Newcomers()
    newcomers.add(1, MARIA, 10.0)
    assert newcomers.with_number(1, NUMBER, "US", 11.0) == (MARIA,)
    assert newcomers.with_number(2, NUMBER, "US", 11.0) == ()
    assert newcomers.with_number(1, PhoneNumber("+14155550101"), "US", 11.0) == ()
    assert newcomers.with_number(1, NUMBER, "US", 10.0 + KEPT) == ()
