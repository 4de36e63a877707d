"""Speed and memory, as ratios measured in one run."""

from typing import NamedTuple


class Row(NamedTuple):
    """One line of the table: what was measured, beside its target."""

    what: str
    value: float
    target: float
    unit: str = "x"
    at_most: bool = True  # or else the target is the least

    def __str__(self) -> str:
        met = self.value <= self.target if self.at_most else self.value >= self.target
        sign, verdict = "<=" if self.at_most else ">=", "met" if met else "MISSED"
        return (
            f"{self.what:<66} {self.value:>9.2f}{self.unit:<4} {sign} {self.target:<7g} {verdict}"
        )
