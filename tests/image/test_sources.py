"""Batches of pictures: pure in seed, step, draw and rank; few labels balanced; one domain or no label refused."""

from collections.abc import Callable

import pytest
import torch

from disentangle.adversarial.training import Source
from disentangle.image.pictures import Pictures
from disentangle.image.sources import Labelled, SemiSupervised, TwoDomains, Unlabelled, few_labels


def numbered(count: int, classes: int = 3, channels: int = 1, start: int = 0) -> Pictures:
    """Pictures whose pixels say their number."""
    x = torch.arange(start, start + count).float()[:, None, None, None].expand(-1, channels, 2, 2)
    return Pictures(x, torch.arange(count) % classes, tuple("abcde"[:classes]))


def numbers(x: torch.Tensor) -> list[int]:
    return [int(picture.flatten()[0]) for picture in x]


SOURCES: dict[str, Callable[[int], Source[torch.Tensor | tuple[torch.Tensor, ...]]]] = {
    "unlabelled": lambda seed: Unlabelled(numbered(20), 6, seed),
    "labelled": lambda seed: Labelled(numbered(20), 6, seed),
    "semi-supervised": lambda seed: SemiSupervised(numbered(9), numbered(20), 6, 12, seed),
    "two domains": lambda seed: TwoDomains(numbered(20), numbered(15, start=100), 6, seed),
}


@pytest.mark.parametrize("name", SOURCES)
def test_batches_follow_seed_step_and_draw_and_are_shared_by_ranks(name: str) -> None:
    def of(seed: int, step: int, draw: int, rank: int = 0, ranks: int = 1) -> tuple[torch.Tensor, ...]:
        batch = SOURCES[name](seed).batch(step, draw, rank, ranks)
        return batch if isinstance(batch, tuple) else (batch,)

    whole = of(1, 4, 0)
    assert all(torch.equal(a, b) for a, b in zip(whole, of(1, 4, 0), strict=True))
    parts = [of(1, 4, 0, rank, 3) for rank in range(3)]
    assert all(torch.equal(a, torch.cat(b)) for a, b in zip(whole, zip(*parts, strict=True), strict=True))
    for other in (of(2, 4, 0), of(1, 5, 0), of(1, 4, 1)):
        assert not torch.equal(whole[0], other[0])
    with pytest.raises(ValueError, match="a batch of 6 cannot be shared by 4 processes"):
        of(1, 4, 0, 0, 4)


def test_a_batch_holds_no_picture_twice_unless_there_are_too_few() -> None:
    assert len(set(numbers(Unlabelled(numbered(20), 20, 0).batch(0, 0, 0, 1)))) == 20
    counts = torch.bincount(torch.tensor(numbers(Unlabelled(numbered(5), 12, 0).batch(0, 0, 0, 1))))
    assert counts.min() == 2
    assert counts.max() == 3


def test_labels_stay_with_their_pictures() -> None:
    x, y = Labelled(numbered(20), 8, 0).batch(3, 0, 0, 1)
    assert [n % 3 for n in numbers(x)] == y.tolist()
    x, y, more = SemiSupervised(numbered(9), numbered(20), 6, 12, 0).batch(3, 0, 0, 1)
    assert [n % 3 for n in numbers(x)] == y.tolist()
    assert (len(x), len(more)) == (6, 12)
    assert max(numbers(x)) < 9 <= max(numbers(more))
    x, y, target = TwoDomains(numbered(20), numbered(15, start=100), 6, 0).batch(3, 0, 0, 1)
    assert [n % 3 for n in numbers(x)] == y.tolist()
    assert min(numbers(target)) >= 100


def test_few_labels_are_as_many_of_each_class_and_follow_the_seed() -> None:
    pictures = numbered(30)
    places = few_labels(pictures, 12, seed=1)
    assert torch.bincount(pictures.part(places).y).tolist() == [4, 4, 4]
    assert places.tolist() == sorted(set(places.tolist()))
    assert torch.equal(places, few_labels(pictures, 12, seed=1))
    assert not torch.equal(places, few_labels(pictures, 12, seed=2))


def test_labels_that_cannot_be_drawn_are_refused() -> None:
    for labels in (0, -3):
        with pytest.raises(ValueError, match=f"{labels} labels: semi-supervised training needs some"):
            few_labels(numbered(30), labels, 0)
    with pytest.raises(ValueError, match="10 labels cannot be shared by 3 classes"):
        few_labels(numbered(30), 10, 0)
    with pytest.raises(ValueError, match="class b has 2 pictures, fewer than 3 labels"):
        few_labels(numbered(8).part([0, 1, 2, 3, 4, 5, 6]).part([0, 1, 2, 3, 5, 6, 4]), 9, 0)


def test_sources_that_lack_something_are_refused() -> None:
    some, none = numbered(9), numbered(0)
    with pytest.raises(ValueError, match="there are no training pictures"):
        Unlabelled(none, 2, 0)
    with pytest.raises(ValueError, match=r"all 9 training pictures are of one class \(a\)"):
        Labelled(numbered(9, classes=1), 2, 0)
    with pytest.raises(ValueError, match="there are no labelled pictures"):
        SemiSupervised(none, some, 2, 2, 0)
    with pytest.raises(ValueError, match="there are no unlabelled pictures"):
        SemiSupervised(some, none, 2, 2, 0)
    for source, target in ((some, none), (none, some), (some, some)):
        with pytest.raises(ValueError, match="one domain only: [09] source pictures"):
            TwoDomains(source, target, 2, 0)
    with pytest.raises(ValueError, match="source pictures are 1x2x2 and target pictures 3x2x2"):
        TwoDomains(some, numbered(9, channels=3), 2, 0)
