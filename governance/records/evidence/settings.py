"""The ``[evidence]`` section of ``gridwarden.toml``: how large files may be, how many go on."""

from datetime import timedelta
from typing import Final

from data.workspace.sections import number, section

SECTION: Final = "evidence"
_MEGABYTE: Final = 1_000_000


@section
class EvidenceRules:
    """What may be uploaded."""

    largest_megabytes: int = number(500, low=1, high=2_000)
    open_uploads: int = number(20, low=1, high=200)
    """How many unfinished uploads one account may have."""
    abandoned_days: int = number(3, low=1, high=60)
    """After so many days without a piece an upload is deleted."""
    reserve_megabytes: int = number(500, low=0, high=1_000_000)
    """So much room stays free on the disk."""

    @property
    def largest_bytes(self) -> int:
        """How large a file may be."""
        return self.largest_megabytes * _MEGABYTE

    @property
    def reserve_bytes(self) -> int:
        """How much room stays free."""
        return self.reserve_megabytes * _MEGABYTE

    @property
    def abandoned_after(self) -> timedelta:
        """When an upload is deleted."""
        return timedelta(days=self.abandoned_days)
