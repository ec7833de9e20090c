"""The site's links: what a page links to outside of docs/ (a recipe, a game) becomes a page of the site as well."""

import re
from os.path import normpath, relpath
from pathlib import Path
from posixpath import dirname, join

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page

ROOT, DOCS = Path(__file__).parent.parent, "docs/"
LINK = re.compile(r"(\]\()([^)#:\s]+)(#[^)\s]*)?(?=\))")  # of this checkout: no scheme
LANGUAGES = {".py": "python", ".sh": "bash", ".sbatch": "bash", ".yaml": "yaml"}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what pages link to, and what those link to in turn."""
    pages = [place for file in files.documentation_pages() if (ROOT / (place := DOCS + file.src_uri)).is_file()]
    while pages:
        page = pages.pop()
        for target in _targets(page):
            if (ROOT / target).is_file() and not target.startswith(DOCS) and not files.get_file_from_path(_uri(target)):
                files.append(_file(target, config))
                pages += [target] if target.endswith(".md") else []
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    """Have links lead to where their targets are in the site."""
    uri = page.file.src_uri
    place = DOCS + uri if (ROOT / DOCS / uri).is_file() else uri

    def led(found: re.Match[str]) -> str:
        target = _target(place, found[2])
        return f"{found[1]}{relpath(_uri(target), dirname(uri) or '.')}{found[3] or ''}"

    return LINK.sub(led, markdown)


def _targets(page: str) -> set[str]:
    """Paths below the checkout that a page, itself named by such a path, links to."""
    return {_target(page, found[2]) for found in LINK.finditer((ROOT / page).read_text("utf-8"))}


def _target(page: str, link: str) -> str:
    return normpath(join(dirname(page), link))


def _uri(target: str) -> str:
    """Where the site has a file of the checkout."""
    if target.startswith(DOCS):
        return target.removeprefix(DOCS)
    return target + ".md" if Path(target).suffix in LANGUAGES else target


def _file(target: str, config: MkDocsConfig) -> File:
    """A file from outside of docs/: Markdown as it is, code as a page that shows it."""
    path, language = ROOT / target, LANGUAGES.get(Path(target).suffix)
    inside = InclusionLevel.NOT_IN_NAV
    if not language:
        return File.generated(config, _uri(target), abs_src_path=str(path), inclusion=inside)
    text = f"# {target}\n\n````{language}\n{path.read_text('utf-8')}````\n"
    return File.generated(config, _uri(target), content=text, inclusion=inside)
