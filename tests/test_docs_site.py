"""The docs as a site: built without a warning, whole, and its figures those of the results."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from disentangle.report.blocks import BLOCK, fill
from tests.conftest import ROOT

pytestmark = pytest.mark.xdist_group("site")  # built once, not by every worker

DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built with warnings as errors: a dead link, a page without a place, a docstring that cannot be read."""
    pytest.importorskip("mkdocs", reason="the site needs the extra docs")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    quiet = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    built = subprocess.run(command, cwd=ROOT, env=quiet, capture_output=True, text=True, check=False)
    assert (built.returncode, built.stdout) == (0, ""), built.stderr
    return folder


@pytest.mark.timeout(900)
def test_every_page_is_there_and_leads_nowhere_outside(site: Path) -> None:
    for page in PAGES:
        made = site / page.relative_to(DOCS).with_suffix(".html")
        text = made.read_text("utf-8")
        for link in re.findall(r'<(?:a|link)\b[^>]*?href="([^"#:]+)(?:#[^"]*)?"', text):
            assert (made.parent / link).resolve().is_relative_to(site) and (made.parent / link).exists(), (page, link)


@pytest.mark.timeout(900)
def test_recipes_and_games_that_pages_link_to_are_pages_themselves(site: Path) -> None:
    assert "class BiGAN" in re.sub("<[^>]+>", "", (site / "disentangle/games/bigan.py.html").read_text("utf-8"))
    assert "recipes/mini/run.sh" in (site / "recipes/mini/run.sh.html").read_text("utf-8")
    assert 'href="mini/run.sh.html"' in (site / "recipes/index.html").read_text("utf-8")


@pytest.mark.timeout(900)
def test_docstrings_are_the_reference(site: Path) -> None:
    page = (site / "api" / "games.html").read_text("utf-8")
    assert 'id="disentangle.games.infogan.InfoGAN.round"' in page and "what is to be found again" in page
    assert 'id="disentangle.load_pictures"' in (site / "api" / "index.html").read_text("utf-8")


@pytest.mark.timeout(900)
def test_the_site_asks_nothing_of_the_network(site: Path) -> None:
    for made in site.rglob("*.html"):
        assert not re.search(r'(?:<script[^>]+src|<link[^>]+href|<img[^>]+src)="https?:', made.read_text("utf-8")), made


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_figures_on_a_page_are_those_of_the_results(page: Path) -> None:
    text = page.read_text("utf-8")
    assert not BLOCK.search(text) or fill(page) == text, f"disentangle results --readme {page.relative_to(ROOT)}"


def test_every_game_has_its_page() -> None:
    shown = {name for page in PAGES for name in re.findall(r"^::: disentangle\.games\.(\w+)", page.read_text(), re.M)}
    told = {name for page in PAGES for name in re.findall(r"games/(\w+)\.py", page.read_text("utf-8"))}
    assert {"gan", "infogan", "vaegan", "bigan", "triplegan", "domain_adversarial"} <= shown <= told
    assert {"speech_disentanglement", "vocoder"} <= shown
