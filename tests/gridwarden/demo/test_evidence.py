"""The demonstration's lead material: drawn, on its way through several hands, and sound."""

import shutil
from datetime import date
from pathlib import Path

from data.integrity.sealed.evidence import check_evidence
from data.store.repositories.records.evidence_lists import EvidenceQuery
from governance.access.permissions import local_owner
from gridwarden.compose import open_office
from gridwarden.demo.evidence import add_demo_evidence

TODAY, SEED = date(2026, 11, 24), 5


def test_about_twenty_pieces_are_there_in_every_state_before_they_are_evidence(
    demonstration: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(demonstration, tmp_path / "demo")
    before = _pieces(folder)
    made = add_demo_evidence(folder, today=TODAY, seed=SEED)
    assert _pieces(folder) == before + made
    office = open_office(folder)
    owner = local_owner()
    for asked in (EvidenceQuery(to_confirm=True), EvidenceQuery(holder="demo-enforcement-officer")):
        assert office.evidence.page(owner, asked).total > 0
    assert [each for each in check_evidence(office._workspace) if each is not None] == []
    office.close()


def _pieces(folder: Path) -> int:
    office = open_office(folder)
    total = office.evidence.page(local_owner()).total
    office.close()
    return total
