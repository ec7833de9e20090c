"""Configurations: what is read, what is refused and how that is said, and that writing is the inverse of reading."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import pytest
from annotated_types import Ge, Gt, Le

from disentangle import config


@dataclass(frozen=True)
class Player:
    rate: Annotated[float, Gt(0)] = 1e-3
    clip: float | None = None
    decay: Literal["constant", "cosine"] = "constant"


@dataclass(frozen=True)
class Options:
    train: Path
    steps: Annotated[int, Gt(0)] = 100
    share: Annotated[float, Ge(0), Le(1)] = 0.5
    swap: bool = True
    betas: tuple[float, float] = (0.9, 0.999)
    generator: Player = Player()
    quantiser: Player | None = None
    players: Mapping[str, Player] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.betas[0] > self.betas[1]:
            raise ValueError("betas must rise")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "conf.yaml"


def _read(file: Path, content: str, *overrides: str) -> Options:
    file.write_text(content)
    return config.read(file, Options, overrides)


def test_what_a_file_leaves_out_takes_the_defaults(file: Path) -> None:
    assert _read(file, "train: data/train\n") == Options(Path("data/train"))


def test_every_kind_of_value_is_read(file: Path) -> None:
    read = _read(
        file,
        "train: d\nsteps: 7\nshare: 0\nswap: false\nbetas: [0, 1e-3]\ngenerator: {rate: 1e-3, clip: 5}\n"
        "quantiser: {decay: cosine}\nplayers:\n  critic:\n    rate: 2.0e-3\n",
    )
    assert read == Options(
        Path("d"),
        7,
        0.0,
        False,
        (0.0, 0.001),
        Player(0.001, 5.0),
        Player(decay="cosine"),
        {"critic": Player(0.002)},
    )


@pytest.mark.parametrize("number", ["1e-3", "1E-3", "1.0e-3", ".001", "0.001", "+1e-3"])
def test_numbers_in_all_notations(file: Path, number: str) -> None:
    assert _read(file, f"train: d\nshare: {number}\n").share == 0.001


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        ("train: d\nstep: 3\n", 2, "unknown key 'step'.*Did you mean 'steps'"),
        ("train: d\ngenerator:\n  rat: 3\n", 3, r"unknown key 'generator\.rat'.*Did you mean 'rate'"),
        ("train: d\nquantiser:\n  klip: 3\n", 3, r"unknown key 'quantiser\.klip'.*Did you mean 'clip'"),
        ("train: d\nplayers:\n  critic:\n    dekay: x\n", 4, r"unknown key 'players\.critic\.dekay'.*'decay'"),
        ("train: d\nplayers: {}\nzzz: 1\n", 3, "unknown key 'zzz'.*Known: train, steps"),
        ("train: d\nsteps: many\n", 2, "steps is 'many'.*should be a valid integer"),
        ("train: d\nsteps: 1.5\n", 2, r"steps is 1\.5.*should be a valid integer"),
        ("train: d\nsteps: true\n", 2, "steps is True.*should be a valid integer"),
        ("train: d\nsteps: '3'\n", 2, "steps is '3'.*should be a valid integer"),
        ("train: d\nsteps:\n  a: 1\n", 2, "steps is {'a': 1}"),
        ("train: d\nswap: 1\n", 2, "swap is 1.*should be a valid boolean"),
        ("train: d\nbetas: [1]\n", 2, r"betas is \[1\].*missing"),
        ("train: d\ngenerator: 3\n", 2, "generator is 3.*should be a mapping of keys"),
        ("train: d\nquantiser: {clip: x}\n", 2, r"quantiser\.clip is 'x'.*should be a valid number"),
        ("train: d\nsteps: 0\n", 2, "steps is 0.*should be greater than 0"),
        ("train: d\n\nshare: 1.1\n", 3, r"share is 1\.1.*should be less than or equal to 1"),
        ("train: d\ngenerator: {rate: -1}\n", 2, r"generator\.rate is -1.*should be greater than 0"),
        ("train: d\ngenerator: {decay: none}\n", 2, "decay is 'none'.*should be 'constant' or 'cosine'"),
        ("train: d\ntrain: e\n", 2, "'train' stands twice"),
        ("train: d\nsteps: [1\n", 2, "not YAML"),
        ("- train\n", 1, "a mapping of keys"),
    ],
)
def test_mistakes_are_named_with_file_and_line(file: Path, content: str, line: int, said: str) -> None:
    with pytest.raises(ValueError, match=said) as failure:
        _read(file, content)
    assert f"{file}:{line}" in str(failure.value) or (said == "not YAML" and f"{file}:" in str(failure.value))
    assert "\n" not in str(failure.value)
    assert str(failure.value).endswith((".", "?"))


def test_a_missing_key_and_a_missing_file(file: Path) -> None:
    with pytest.raises(ValueError, match="no key 'train', .*conf.yaml. Add it"):
        _read(file, "")
    with pytest.raises(ValueError, match="no configuration file .*other.yaml"):
        config.read(file.with_name("other.yaml"), Options)


def test_a_file_that_is_not_text(file: Path) -> None:
    file.write_bytes(b"train: \xff\n")
    with pytest.raises(ValueError, match="not UTF-8, .*conf.yaml byte 7"):
        config.read(file, Options)


def test_what_a_dataclass_itself_refuses(file: Path) -> None:
    with pytest.raises(ValueError, match=r"betas must rise\.$"):
        _read(file, "train: d\nbetas: [1, 0]\n")


def test_overrides_stand_above_the_file_and_name_themselves(file: Path) -> None:
    read = _read(file, "train: d\nsteps: 3\n", "steps=4", "generator.rate=1e-4", "quantiser.clip=1", "train=e")
    assert read == Options(Path("e"), 4, generator=Player(1e-4), quantiser=Player(clip=1.0))
    with pytest.raises(ValueError, match=r"command line \(generator\.rte=1\)\. Did you mean 'rate'"):
        _read(file, "train: d\n", "generator.rte=1")
    with pytest.raises(ValueError, match=r"steps is 0, command line \(steps=0\)"):
        _read(file, "train: d\nsteps: 3\n", "steps=0")
    for nonsense in ("steps", "=3", "generator.=3"):
        with pytest.raises(ValueError, match="Write key.sub=value"):
            _read(file, "train: d\n", nonsense)


def test_a_file_holds_only_what_differs_from_its_defaults(file: Path, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "base.yaml").write_text("train: d\nsteps: 3\ngenerator: {rate: 1.0, clip: 2.0}\n")
    read = _read(file, "defaults: sub/base.yaml\ngenerator: {rate: 3.0}\n")
    assert read == Options(Path("d"), 3, generator=Player(3.0, 2.0))


def test_mistakes_of_inherited_files_are_named_where_they_stand(file: Path, tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text("train: d\nsteps: 0\n")
    with pytest.raises(ValueError, match=r"base\.yaml:2"):
        _read(file, "defaults: base.yaml\n")
    assert _read(file, "defaults: base.yaml\nsteps: 1\n").steps == 1
    (tmp_path / "base.yaml").write_text("defaults: conf.yaml\n")
    with pytest.raises(ValueError, match="its own default"):
        _read(file, "defaults: base.yaml\n")


def test_writing_is_the_inverse_of_reading(file: Path) -> None:
    options = Options(Path("d"), generator=Player(1e-5), quantiser=Player(), players={"critic": Player(clip=1.0)})
    config.write(options, file)
    assert config.read(file, Options) == options
    assert "share: 0.5" in file.read_text(), "defaults are filled in"
    assert [path.name for path in file.parent.iterdir()] == [file.name], "no temporary file is left"


def test_differences_name_the_keys() -> None:
    a = Options(Path("d"))
    assert config.differences(a, a) == []
    b = Options(Path("d"), steps=7, generator=Player(1e-4))
    assert config.differences(a, b) == ["steps: 100 -> 7", "generator.rate: 0.001 -> 0.0001"]


def test_shipped_configurations_are_found_by_recipe_and_name() -> None:
    assert config.find("fsdd/default").parts[-3:] == ("fsdd", "conf", "default.yaml")
    with pytest.raises(ValueError, match="Did you mean 'fsdd/default'"):
        config.find("fsdd/defualt")


def test_a_path_is_taken_as_it_stands(file: Path) -> None:
    file.write_text("train: d\n")
    assert config.find(str(file)) == file
