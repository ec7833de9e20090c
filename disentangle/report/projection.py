"""Maps of the codes: every utterance a point, close where the codes are alike."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from disentangle.report.figures import Key, Panel, bare, drawing, hues, svg
from disentangle.report.labels import Labels

Matrix = NDArray[np.float64]
Vector = Callable[[NDArray[np.float32]], Matrix]
MOST_POINTS = 1500
FEW = 30  # below, a neighbourhood embedding draws patterns that are not there
MARKS = {"f": "o", "m": "^", "": "o"}
FRAMES = 12  # that an utterance is resampled to


def resampled(frames: NDArray[np.floating], count: int = FRAMES) -> Matrix:
    """An utterance (frames, dims) as (count * dims,), its frames averaged over equal stretches of time."""
    edges = np.linspace(0, len(frames), count + 1)
    starts = np.minimum(edges[:-1].astype(int), len(frames) - 1)
    ends = np.maximum(np.ceil(edges[1:]).astype(int), starts + 1)
    return np.concatenate([frames[a:b].mean(0) for a, b in zip(starts, ends, strict=True)]).astype(np.float64)


def pooled(frames: NDArray[np.floating]) -> Matrix:
    """Mean and deviation over the frames, (2 * dims,)."""
    return np.concatenate([frames.mean(0), frames.std(0)]).astype(np.float64)


def plane(vectors: Matrix) -> tuple[Matrix, str]:
    """Points in the plane, (n, 2), and the method's name: t-SNE, or PCA where the points are few.

    Args:
        vectors: (n, dims).
    """
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE

    if len(vectors) < 3 or vectors.shape[1] < 2:
        return np.pad(vectors, ((0, 0), (0, 2)))[:, :2], "the first two dimensions"
    reduced = PCA(min(50, *vectors.shape), random_state=0).fit_transform(vectors)
    if len(vectors) < FEW:
        return np.asarray(reduced[:, :2]), "PCA"
    perplexity = min(30.0, len(vectors) / 5)
    method = TSNE(2, perplexity=perplexity, init="pca", random_state=0)
    return np.asarray(method.fit_transform(reduced), np.float64), "t-SNE"


def maps(embeddings: Path, labels: Labels, name: str) -> list[Panel]:
    """The speaker vectors by speaker; the content codes by what was said and by speaker.

    Args:
        embeddings: folder with speaker.scp and content.scp; one of them may be missing.
        labels: of the utterances.
        name: unique on the page.
    """
    panels = []
    if (embeddings / "speaker.scp").exists():
        ids, vectors = _matrix(embeddings / "speaker.scp", labels, np.ravel)
        points, method = plane(vectors / np.linalg.norm(vectors, axis=1, keepdims=True).clip(1e-12))
        note = f"{method} of the speaker vectors. Separate islands: the voices can be told apart."
        panels.append(scatter("Speaker vectors", ids, points, labels, labels.speaker, f"{name}-speaker", note))
    if (embeddings / "content.scp").exists():
        panels += _content_maps(embeddings / "content.scp", labels, name)
    return panels


def _content_maps(scp: Path, labels: Labels, name: str) -> list[Panel]:
    ids, vectors = _matrix(scp, labels, resampled if labels.said else pooled)
    points, method = plane(vectors)
    panels = []
    if labels.said:
        note = f"{method} of content, frames resampled to {FRAMES}. Islands of one colour: the code says what was said."
        title = f"Content by {labels.factor}"
        panels.append(scatter(title, ids, points, labels, labels.said, f"{name}-said", note))
    what = "the same points" if labels.said else f"{method} of content, mean and deviation of each utterance"
    note = f"{what[0].upper()}{what[1:]}, coloured by speaker. Mixed colours: the code does not say who spoke."
    panels.append(scatter("Content by speaker", ids, points, labels, labels.speaker, f"{name}-content", note))
    return panels


def _matrix(scp: Path, labels: Labels, vector: Vector) -> tuple[list[str], Matrix]:
    from disentangle.corpus.archives import read

    found = read(scp)
    ids = [key for key in sorted(found) if key in labels.speaker]
    if not ids:
        raise ValueError(f"no utterance of {scp} is in the data directory. Give the right one with --data DIR.")
    ids = ids[:: -(-len(ids) // MOST_POINTS)]
    return ids, np.stack([np.asarray(vector(found[key]), np.float64) for key in ids])


def scatter(
    title: str, ids: Sequence[str], points: Matrix, labels: Labels, colour_by: Mapping[str, str], name: str, note: str
) -> Panel:
    """A map whose points are coloured by one label and marked by gender.

    Args:
        title: of the panel.
        ids: utterance of each point.
        points: (n, 2).
        labels: for the marks.
        colour_by: label of each utterance.
        name: unique on the page.
        note: a sentence below.
    """
    values = sorted({colour_by.get(key, "") for key in ids} - {""}, key=_natural)
    keys: list[Key] = []
    with drawing(name, height=4.0) as (figure, axes):
        for colour, value in zip(hues(len(values)), values, strict=True):
            group = f"group-{name}-{len(keys)}"
            keys.append(Key(colour, value, group))
            mine = [i for i, key in enumerate(ids) if colour_by.get(key) == value]
            for gender in sorted({labels.gender.get(ids[i], "") for i in mine}):
                chosen = [i for i in mine if labels.gender.get(ids[i], "") == gender]
                mark = MARKS.get(gender[:1].lower(), "s")
                size = 26 if len(ids) < 400 else 14
                dots = axes.scatter(
                    points[chosen, 0], points[chosen, 1], s=size, color=colour, marker=mark, alpha=0.8, linewidths=0
                )
                dots.set_gid(group)
        bare(axes)
        drawn = svg(figure, f"{title}: map of {len(ids)} utterances in {len(values)} colours. {note}")
    return Panel(title, drawn, tuple(keys), f"{note} {_marks(labels, ids)}".strip())


def _marks(labels: Labels, ids: Sequence[str]) -> str:
    there = {labels.gender.get(key, "")[:1].lower() for key in ids}
    return "●\N{NO-BREAK SPACE}female, ▲\N{NO-BREAK SPACE}male." if {"f", "m"} <= there else ""


def _natural(value: str) -> tuple[int, float, str]:
    return (0, float(value), "") if value.isdigit() else (1, 0.0, value)
