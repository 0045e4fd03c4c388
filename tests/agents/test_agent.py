import pytest

from offhook.agents.agent import Agent


@pytest.mark.parametrize(
    ("name", "email", "first"),
    [("Ben Bright", "b@x.example", "Ben"), ("  ", "ben@x.example", "ben"), ("", "", ""), ("Ada", "a@x.example", "Ada")],
)
def test_it_has_a_first_name_or_what_comes_nearest(name: str, email: str, first: str) -> None:
    assert Agent("a", 1, 2, email, name).first_name == first
