"""The contract, over the event stream and the Call API."""

from tests.contracts.phone_system import PhoneSystemContract


class TestContactCenter(PhoneSystemContract):
    """With the driver of this folder."""
