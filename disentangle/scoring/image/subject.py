"""What is scored of a picture system: its model, its pictures read when first needed, and what judges it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from torch import Tensor

from disentangle.evaluation.bootstrap import items_interval
from disentangle.evaluation.score import Score
from disentangle.image import data
from disentangle.image.model import ImageModel, load
from disentangle.image.options import ImageConfig
from disentangle.image.pictures import Pictures
from disentangle.scoring.tasks import LeftOut

Found = tuple[str, Score] | LeftOut
Family = Callable[["Subject"], Iterator[Found]]

NO_JUDGE = "no judge. Train one (system: classifier) and name it by --judge EXP"


@dataclass(frozen=True)
class Subject:
    """An experiment with pictures.

    Args:
        experiment: its folder.
        model: trained.
        config: the model's, with the pictures to score on.
        judging: experiment of a classifier trained on all labels, by whose features pictures are compared, or None.
        vae: experiment whose Frechet distance this one's is divided by, or None.
    """

    experiment: Path
    model: ImageModel
    config: ImageConfig
    judging: Path | None = None
    vae: Path | None = None

    @property
    def seed(self) -> int:
        """Of probes, draws and intervals."""
        return self.config.seed

    @cached_property
    def train(self) -> Pictures:
        """What the model was trained on."""
        return data.training(self.config.data)

    @cached_property
    def test(self) -> Pictures:
        """What it is scored on."""
        return data.scored(self.config.data)

    @cached_property
    def target(self) -> Pictures:
        """What it is scored on of the other domain."""
        return data.target(self.config.data, "test")

    @cached_property
    def judge(self) -> ImageModel | None:
        """The classifier that judges.

        Raises:
            ValueError: no classifier, or one of other pictures.
        """
        if self.judging is None:
            return None
        judge = load(self.judging)
        mine, its = self.config.data, judge.config.data
        if judge.config.system != "classifier":
            raise ValueError(f"the judge is of system {judge.config.system}, {self.judging}. Take one of 'classifier'.")
        if (mine.size, mine.channels) != (its.size, its.channels):
            raise ValueError(f"the judge knows pictures of other size or channels, {self.judging}. Train another one.")
        return judge

    @cached_property
    def made(self) -> Tensor:
        """As many drawn pictures as there are to score on."""
        return self.model.pictures(self.model.drawn(len(self.test), self.seed))


def subject(experiment: Path, folder: Path | None, judge: Path | None, vae: Path | None) -> Subject:
    """An experiment ready to be scored.

    Args:
        experiment: its folder.
        folder: pictures to score on, in place of those that its configuration names.
        judge: experiment of the judge; None: no judge.
        vae: experiment of the VAE, which need not be there.

    Raises:
        ValueError: no trained model.
    """
    model = load(experiment)
    config = model.config
    if folder:
        config = replace(config, data=replace(config.data, folder=str(folder)))
    return Subject(experiment, model, config, judge, vae)


def kept(judge: ImageModel, x: Tensor, y: Tensor, seed: int) -> Score:
    """How often a judge sees the class of pictures x in what was made of them."""
    right = (judge.logits(x).argmax(1) == y).double().numpy()
    return Score(float(right.mean()), items_interval(right, seed), len(right), 1 / judge.config.data.classes)
