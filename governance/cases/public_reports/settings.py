"""The ``[public_reports]`` section of ``gridwarden.toml``: whether people may report, how much."""

from datetime import timedelta
from typing import Final

from data.workspace.sections import number, section
from governance.access.lockout import LockoutPolicy
from governance.cases.public_reports.allowances import Allowance

SECTION: Final = "public_reports"
MOST_PHOTOS: Final = 6


@section
class PublicReportRules:
    """What an office lets people report.

    ``photos``, ``photo_megabytes``: how many photos a report may have, and how large each file may
    be.
    ``tries_an_hour``, ``look_ups_an_hour``: how often one address may send a report, good or not,
    and ask for an outcome.
    ``lock_after``, ``lock_minutes``: how many wrong PINs block a receipt number, and for how long.
    """

    enabled: bool = False
    """Whether the page and the JSON API exist at all."""
    reward: bool = False
    photos: int = number(MOST_PHOTOS, low=0, high=MOST_PHOTOS)
    photo_megabytes: int = number(8, low=1, high=15)
    tries_an_hour: int = number(20, low=1, high=10_000)
    look_ups_an_hour: int = number(60, low=1, high=10_000)
    reports_a_day: int = number(500, low=1, high=100_000)
    """How many reports are taken in from all addresses together."""
    lock_after: int = number(5, low=1, high=20)
    lock_minutes: int = number(30, low=1, high=1_440)

    @property
    def photo_bytes(self) -> int:
        """How large the file of a photo may be."""
        return self.photo_megabytes * 1_000_000

    @property
    def tries(self) -> Allowance:
        """How often one address may send a report."""
        return Allowance(most=self.tries_an_hour, per=timedelta(hours=1))

    @property
    def look_ups(self) -> Allowance:
        """How often one address may ask for an outcome."""
        return Allowance(most=self.look_ups_an_hour, per=timedelta(hours=1))

    @property
    def reports(self) -> Allowance:
        """How many reports are taken in."""
        return Allowance(most=self.reports_a_day, per=timedelta(days=1))

    @property
    def lockout(self) -> LockoutPolicy:
        """When wrong PINs block a receipt number."""
        return LockoutPolicy(most=self.lock_after, block=timedelta(minutes=self.lock_minutes))
