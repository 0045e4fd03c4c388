"""Phone numbers as people write them: a dozen countries, many habits. Deterministic for a given random."""

from random import Random

import msgspec


class Plan(msgspec.Struct, frozen=True):
    """How a country's numbers are built. `line` is a pattern: `#` is any digit."""

    country: str
    code: str
    trunk: str
    areas: tuple[str, ...]
    line: str


# Ranges kept free for fiction where a country has them (US 555-01xx, UK 7946 0xxx, ...).
PLANS = (
    Plan("United States", "1", "", ("415", "212", "312", "503", "206", "617", "305", "702"), "55501##"),
    Plan("Canada", "1", "", ("416", "604", "514", "403"), "55501##"),
    Plan("United Kingdom", "44", "0", ("20",), "79460###"),
    Plan("Ireland", "353", "0", ("1",), "55#####"),
    Plan("Germany", "49", "0", ("30", "89", "40"), "23125###"),
    Plan("France", "33", "0", ("1",), "9900####"),
    Plan("Spain", "34", "", ("91", "93"), "555####"),
    Plan("Italy", "39", "", ("02", "06"), "5550####"),
    Plan("Netherlands", "31", "0", ("20", "10"), "555####"),
    Plan("Australia", "61", "0", ("2", "3"), "5550####"),
    Plan("Japan", "81", "0", ("3",), "5550####"),
    Plan("India", "91", "0", ("22", "80"), "5550####"),
    Plan("Brazil", "55", "0", ("11", "21"), "3555####"),
    Plan("Switzerland", "41", "0", ("44", "22"), "555####"),
)


class Number(msgspec.Struct, frozen=True):
    """A number before somebody writes it down."""

    plan: Plan
    area: str
    line: str

    @property
    def international(self) -> str:
        return f"+{self.plan.code}{self.area}{self.line}"

    def written(self, habit: int) -> str:
        """One of eight habits; the last two add an extension."""
        code, trunk, area = self.plan.code, self.plan.trunk, self.area
        first, last = self.line[:3], self.line[3:]
        zero = f"({trunk})" if trunk else ""
        return (
            self.international,
            f"+{code} {area} {first} {last}",
            f"00{code} {area} {self.line}",
            f"({trunk}{area}) {first}-{last}",
            f"{trunk}{area}.{first}.{last}",
            f"+{code} {zero}{area} {first}-{last}",
            f"+{code} {area} {first} {last} x12",
            f"({trunk}{area}) {first}-{last} ext. 5",
        )[habit]


HABITS = 8


class Numbers:
    """Gives each number once."""

    def __init__(self, random: Random, taken: set[str]) -> None:
        self._random, self._taken = random, set(taken)

    def new(self, plan: Plan) -> Number:
        """A number of the country that nobody has yet."""
        while True:
            line = "".join(str(self._random.randrange(10)) if sign == "#" else sign for sign in plan.line)
            number = Number(plan, self._random.choice(plan.areas), line)
            if number.international not in self._taken:
                self._taken.add(number.international)
                return number
