"""Configurations: YAML files into frozen dataclasses, with every mistake named by file and line, and back."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from disentangle.nearest import did_you_mean
from disentangle.yaml_tree import Tree, load, merged, parsed

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

T = TypeVar("T")
ANY = "*"
PACKAGE = Path(__file__).parent


def read(path: Path, kind: type[T], overrides: Sequence[str] = ()) -> T:
    """The configuration a file describes; what it leaves out takes the defaults of `kind`.

    A file may begin with `defaults: other.yaml` (relative to itself) and then holds only what differs from it.

    Args:
        path: a YAML file.
        kind: the frozen dataclass to fill, nested as deep as need be.
        overrides: `key.sub=value`, each on top of the file.

    Raises:
        ValueError: not YAML, an unknown key, a value of the wrong type or out of range.
    """
    tree = _inherited(path, ())
    for override in overrides:
        tree = merged(tree, _overriding(override))
    _forbid_unknown(tree, kind, ())
    return _validated(tree, kind)


def holds(path: Path, key: str) -> bool:
    """Whether a configuration file, with what it inherits, has a top-level key.

    Raises:
        ValueError: not YAML.
    """
    return key in _inherited(path, ()).values


def text(config: object) -> str:
    """The configuration as YAML with all defaults filled in."""
    import yaml

    return yaml.safe_dump(_plain(config), sort_keys=False, allow_unicode=True)


def write(config: object, path: Path) -> None:
    """Writes `text(config)`, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_text(text(config), encoding="utf-8")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def differences(a: object, b: object) -> list[str]:
    """What differs between two configurations, one line a key: `training.steps: 100 -> 200`."""
    left, right = _flat(_plain(a)), _flat(_plain(b))
    keys = [*left, *(key for key in right if key not in left)]
    absent = "(none)"
    return [
        f"{key}: {left.get(key, absent)} -> {right.get(key, absent)}"
        for key in keys
        if left.get(key, absent) != right.get(key, absent)
    ]


def find(name: str) -> Path:
    """The configuration file that the word of a command line means.

    Args:
        name: a path, or `CORPUS/NAME` of a shipped recipe (`fsdd/default`, `image/mnist/infogan`).

    Raises:
        ValueError: there is neither.
    """
    if Path(name).is_file():
        return Path(name)
    recipes = next((at for at in (PACKAGE / "recipes", PACKAGE.parent / "recipes") if at.is_dir()), PACKAGE)
    files = sorted([*recipes.glob("*/conf/*.yaml"), *recipes.glob("*/*/conf/*.yaml")])
    shipped = {str(at.relative_to(recipes).parent.parent / at.stem): at for at in files}
    if name not in shipped:
        raise ValueError(
            f"no configuration {name}: neither a file nor a shipped recipe's. {did_you_mean(name, shipped)}"
        )
    return shipped[name]


def _inherited(path: Path, heirs: tuple[Path, ...]) -> Tree:
    here = path.resolve()
    if here in heirs:
        raise ValueError(f"{path} is its own default, by way of {heirs[-1]}. Remove one `defaults`.")
    tree = load(path)
    parent = tree.values.pop("defaults", None)
    if parent is None:
        return tree
    if not isinstance(parent, str):
        raise ValueError(f"defaults is {parent!r}, {tree.place(('defaults',))}. It should be a file name.")
    return merged(_inherited(path.parent / parent, (*heirs, here)), tree)


def _overriding(override: str) -> Tree:
    key, equals, value = override.partition("=")
    steps = tuple(key.split("."))
    if not equals or not all(steps):
        raise ValueError(f"'{override}' on the command line sets nothing. Write key.sub=value.")
    place = f"command line ({override})"
    values: Any = parsed(value, place)
    for step in reversed(steps):
        values = {step: values}
    return Tree(values, {steps[:depth]: place for depth in range(1, len(steps) + 1)}, place)


def _forbid_unknown(tree: Tree, kind: Any, at: tuple[str, ...]) -> None:
    value, allowed = tree.value(at), dict(_allowed(kind))
    if not isinstance(value, dict) or not allowed:
        return  # the validator's to judge
    for key in value:
        here = (*at, key)
        if key not in allowed and ANY not in allowed:
            raise ValueError(f"unknown key '{'.'.join(here)}', {tree.place(here)}. {did_you_mean(key, allowed)}")
        _forbid_unknown(tree, allowed.get(key, allowed.get(ANY)), here)


def _allowed(kind: Any) -> Iterator[tuple[str, Any]]:
    """The keys a mapping of this kind may have and what each holds; ANY where all will do."""
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        yield from ((field.name, hints[field.name]) for field in fields(kind))
    elif get_origin(kind) in (dict, Mapping):
        yield ANY, get_args(kind)[1]
    elif get_origin(kind) in (Union, UnionType):
        for alternative in get_args(kind):
            yield from _allowed(alternative)


def _validated(tree: Tree, kind: type[T]) -> T:
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(kind).validate_json(json.dumps(tree.values, default=str), strict=True)
    except ValidationError as failure:
        raise ValueError(_judgement(failure.errors(), tree)) from None


def _judgement(errors: "list[ErrorDetails]", tree: Tree) -> str:
    """The first error in our words; a union has one for each alternative, which belong together."""
    first = errors[0]["loc"]
    at = tree.known(first)
    if errors[0]["type"] == "missing" and isinstance(first[-1], str):
        return f"no key '{'.'.join(map(str, first))}', {tree.place(at)}. Add it."
    causes = [error["msg"] for error in errors if tree.known(error["loc"]) == at]
    wanted = " or ".join(cause.removeprefix("Input should be ").removeprefix("Value error, ") for cause in causes)
    wanted = wanted.replace("an object", "a mapping of keys").replace("Field required", "An item is missing")
    remedy = f"It should be {wanted}" if causes[0].startswith("Input should be ") else wanted
    return f"{'.'.join(at) or 'this'} is {tree.value(at)!r}, {tree.place(at)}. {remedy.removesuffix('.')}."


def _plain(config: object) -> dict[str, Any]:
    from pydantic import TypeAdapter

    values: dict[str, Any] = TypeAdapter(type(config)).dump_python(config, mode="json")
    return values


def _flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in values.items():
        flat |= _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key: value}
    return flat
