"""Files of policies: what a bad one is told, and the page that is made from them."""

import shutil
from pathlib import Path

import pytest

from andon.app.docs import write_policies
from andon.kernel.money import Money
from andon.platform.policies.files import DATA, load_policies, read_policies
from andon.platform.policies.rules import (
    CODES,
    Policies,
    PolicyInvalid,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped files, to be spoilt."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def read(folder: Path) -> Policies:
    return read_policies(folder, "jit")


def spoil(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")


FIRST = "jit-3.0.toml"
LINES = "reference/lines.toml"
FAULTS = [
    (FIRST, 'values.stuck_after = "72h"', 'values.stuck_after = "72 h"', "clauses.MODE-4.values.stuck_after", "duration"),
    (FIRST, 'values.stuck_after = "72h"', "values.stuck_after = 72", "clauses.MODE-4.values.stuck_after", "duration"),
    (FIRST, 'values.stuck_after = "72h"', 'values.stuck = "72h"', "clauses.MODE-4.values.stuck", "no such value"),
    (FIRST, 'values.stale_after = "10d"', "", "clauses.MODE-5.values.stale_after", "required"),
    (FIRST, 'values.stale_after = "10d"', 'values.complete_after = "1d"', "clauses.MODE-5.values.complete_after", "MODE-6"),
    (FIRST, "[clauses.EXIT-4]", "[clauses.EXIT-9]", "clauses.EXIT-4", "missing"),
    (FIRST, "[settings.push]", "[clauses.PUSH-1]", "clauses.PUSH-1", "no such clause"),
    (FIRST, "[settings.push]", "[settings.pull]", "settings.pull", "no such setting"),
    (FIRST, 'values.handling = "0.30"', 'values.handling = "-0.30"', "clauses.FEE-1.values.handling", "not negative"),
    (FIRST, 'values.handling = "0.30"', "values.handling = 0.3", "clauses.FEE-1.values.handling", "text"),
    (FIRST, 'values.handling = "0.30"', 'values.handling = "0.305"', "clauses.FEE-1.values.handling", "decimal places"),
    (FIRST, "  { up_to_ml = 3_000,", "  { up_to_ml = 1_000,", "clauses.FEE-2.values.volume_tiers", "grows"),
    (FIRST, '  { fee = "2.50" },', "", "clauses.FEE-2.values.volume_tiers", "last tier"),
    (FIRST, '  { up_to_ml = 3_000, fee = "1.10" },', '  { fee = "1.10" },', "clauses.FEE-2.values.volume_tiers", "only the last"),
    (FIRST, '  { fee = "2.50" },', '  { fee = "1.90" },', "clauses.FEE-2.values.volume_tiers", "do not fall"),
    (FIRST, "up_to_ml = 3_000", "upto_ml = 3_000", "clauses.FEE-2.values.volume_tiers.1.upto_ml", "not permitted"),
    (FIRST, "values.batch_limit = 1000", "values.batch_limit = 0", "clauses.PART-1.values.batch_limit", "greater"),
    (FIRST, "values.batch_limit = 1000", 'values.batch_limit = "1000"', "clauses.PART-1.values.batch_limit", "integer"),
    (FIRST, 'values.freeze = "whole_account"', 'values.freeze = "all"', "clauses.EXIT-7.values.freeze", "exposure"),
    (FIRST, '"automotive", "pets", "general",', '"cars",', "clauses.MODE-1.values.categories", "unknown category cars"),
    (FIRST, '"SA", "AE", "JP",', '"SA", "AE", "NZ",', "clauses.MOVE-2.values.countries", "unknown country NZ"),
    (FIRST, 'dispute_rate = "0.10"', 'dispute_rate = "0.11"', "clauses.QUAL-2.values.weights", "add up to 1"),
    (FIRST, '["5s", "5m",', '["5m", "5s",', "settings.push.values.retry_delays", "delays grow"),
    (FIRST, 'ours = ["waived_when", "goods_settled"]', 'ours = ["waived"]', "clauses.FEE-4.ours", "no value waived"),
    (FIRST, 'zone = "Asia/Shanghai"', 'zone = "Asia/Nowhere"', "zone", "no such zone"),
    (FIRST, 'currency = "CNY"', 'currency = "yuan"', "currency", "match"),
    (FIRST, 'set = "jit"', 'set = "jit"\ncolour = "red"', "colour", "not permitted"),
    (FIRST, "[clauses.DISP-1]", "[clauses.DISP-1]\ncolour = 1", "clauses.DISP-1.colour", "not permitted"),
    (FIRST, "Liability outlives the exit", " ", "clauses.DISP-1.title", "not empty"),
    (FIRST, '"reference/lines.toml"]', '"reference/none.toml"]', "", "no such file"),
    (FIRST, 'version = "jit-3.0"', 'version = "jit-3"', "version", "file of its name"),
    (FIRST, 'version = "jit-3.0"', 'version = "jit-3.0"\nextends = "jit-3.2"', "extends", "extends this version"),
    (FIRST, 'version = "jit-3.0"', "version = ", "", "not TOML"),
    ("jit-3.1.toml", "2024-01-01", "2024-05-01", "in_force_from", "in force from then, too"),
    ("jit-3.1.toml", 'extends = "jit-3.0"', 'extends = "jit-2.0"', "", "no such file"),
    (LINES, "[lines.dhl_express.card]", "[lines.dhl_express.tariff]", "lines.dhl_express.tariff", "not permitted"),
    (LINES, 'carrier = "dhl"', 'carrier = "dlh"', "lines.dhl_express.carrier", "unknown carrier dlh"),
    (LINES, 'JP = { first_fee = "9.80"', 'XX = { first_fee = "9.80"', "lines.cainiao_jit.rates.XX", "unknown country"),
    (LINES, 'JP = { first_fee = "9.80"', 'JP = { first_fee = "-9.80"', "lines.cainiao_jit.rates.JP.first_fee", "not negative"),
    ("reference/countries.toml", "JP = ", "EU = ", "countries.EU", "ISO 3166"),
    ("reference/carriers.toml", 'en = "DHL"', 'fr = "DHL"', "carriers.dhl.names", "zh-CN and en"),
    ("reference/categories.toml", 'en = "Food"', 'en = ""', "categories.food", "not empty"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "key", "reason"), FAULTS)
def test_a_file_that_cannot_be_is_told_with_its_name_and_the_key(folder, file, old, new, key, reason):
    spoil(folder, file, old, new)
    with pytest.raises(PolicyInvalid) as fault:
        read(folder)
    assert fault.value.key == key
    assert reason in str(fault.value)
    assert fault.value.file


def test_the_fault_names_the_file_that_says_it_and_not_the_one_that_extends_it(folder):
    spoil(folder, LINES, 'carrier = "dhl"', 'carrier = "dlh"')
    with pytest.raises(PolicyInvalid) as fault:
        read(folder)
    assert fault.value.file == LINES


def test_a_set_without_versions_is_told(folder):
    with pytest.raises(PolicyInvalid, match="no policy of the set winter"):
        read_policies(folder, "winter")


def test_a_later_version_may_change_one_countrys_rate_and_leaves_earlier_ones_alone(folder):
    later = 'version = "jit-3.3"\nset = "jit"\nextends = "jit-3.2"\nin_force_from = 2027-01-01\n'
    later += '[lines.cainiao_jit.rates]\nES.first_fee = "16.00"\nES.first_weight_grams = 200\n'
    (folder / "jit-3.3.toml").write_text(later, encoding="utf-8")
    policies = read(folder)
    assert policies.named("jit-3.3").lines["cainiao_jit"].rates["ES"].first_fee == Money.of("16.00", "CNY")
    assert policies.named("jit-3.3").lines["cainiao_jit"].rates["ES"].first_weight_grams == 200
    assert policies.named("jit-3.3").lines["cainiao_jit"].rates["ES"].step_fee == Money.of("4.90", "CNY")
    assert policies.named("jit-3.2") == load_policies().named("jit-3.2")


def test_the_page_of_the_policies_is_fresh():
    page = Path(__file__).parents[2] / "docs" / "policies.md"
    assert page.read_text(encoding="utf-8") == write_policies()


def test_the_page_shows_each_clause_once_and_where_versions_differ():
    page = write_policies()
    for code in CODES:
        assert page.count(f'id="{code.lower()}"') == 1
    assert "`review_within` 48 h *ours* (jit-3.0); 72 h (jit-3.1, jit-3.2)" in page
    assert "15.20 + 4.90" in page
