"""Every score that can be measured is described, and numbers are shown with their unit."""

from disentangle.report.catalogue import CATALOGUE, describe, in_order, main_names
from disentangle.report.entries import GROUPS
from disentangle.report.units import shown
from disentangle.scoring import anonymity, audit, content, downstream, leakage, speed, verification, vocoder
from disentangle.scoring.judging import READ, VOICES, labelled_names
from disentangle.scoring.parallel import DISTANCES, MELODY

MEASURED = (
    *verification.NAMES,
    *content.NAMES,
    *leakage.NAMES,
    *audit.NAMES,
    *downstream.NAMES,
    *speed.NAMES,
    *VOICES,
    *READ,
    *labelled_names("digit"),
    *DISTANCES,
    *MELODY,
    *vocoder.NAMES,
    *anonymity.NAMES,
)


def test_everything_that_score_measures_is_described() -> None:
    assert [name for name in MEASURED if name not in CATALOGUE] == []


def test_what_is_measured_beside_another_score_claims_no_direction_and_is_no_row_of_its_own() -> None:
    for entry in list(CATALOGUE.values()):
        assert entry.title and entry.description.endswith(".") and entry.group in GROUPS
        for other in entry.beside:
            assert CATALOGUE[other].better == "" and CATALOGUE[other].unit == entry.unit
            assert main_names([entry.name, other]) == [entry.name]
            assert main_names([other]) == [other]


def test_an_unknown_score_keeps_its_name_and_claims_nothing() -> None:
    entry = describe("some_new_score")
    assert (entry.name, entry.better, entry.unit) == ("some_new_score", "", "")
    assert in_order(["some_new_score", "conversion_both", "speaker_eer"])[-1] == "some_new_score"


def test_values_have_their_unit_and_what_is_no_number_a_dash() -> None:
    assert [shown(v, u) for v, u in [(0.5, "share"), (6.0, "dB"), (0.1, "cost")]] == ["50.0 %", "6.00 dB", "0.100"]
    assert shown(float("nan"), "share") == shown(None, "dB") == "–"
