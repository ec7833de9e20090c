"""YAML mappings that remember at which line of which file each key stands."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import yaml

Keys = tuple[str, ...]
FLOAT = re.compile(r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$|^[-+]?\.(inf|Inf|INF)$|^\.(nan|NaN|NAN)$")


@dataclass(frozen=True)
class Tree:
    """Nested mappings, and the place (`file:line`) of each key, named by the keys that lead to it."""

    values: dict[str, Any]
    places: dict[Keys, str]
    whole: str

    def value(self, at: Sequence[str]) -> Any:
        """What stands at the key."""
        value: Any = self.values
        for key in at:
            value = value[key]
        return value

    def place(self, at: Sequence[str]) -> str:
        """Where the key stands; the place of the mapping it should be in where it is missing."""
        keys = tuple(at)
        while keys and keys not in self.places:
            keys = keys[:-1]
        return self.places.get(keys, self.whole)

    def known(self, at: Sequence[object]) -> Keys:
        """The keys among a validator's steps, which also name alternatives of a union and items of a list."""
        keys: Keys = ()
        for step in at:
            value = self.value(keys)
            if isinstance(value, dict) and step in value:
                keys += (str(step),)
        return keys


def load(path: Path) -> Tree:
    """The mapping a file holds.

    Raises:
        ValueError: no such file, not YAML, not a mapping, a key that stands twice.
    """
    if not path.is_file():
        raise ValueError(f"no configuration file {path}. Check the name.")
    try:
        content = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as failure:
        raise ValueError(f"not UTF-8, {path} byte {failure.start}. Save it as UTF-8.") from None
    node = _composed(content, str(path))
    values, places = _mapping(node, str(path), ())
    return Tree(values, places, str(path))


def parsed(word: str, place: str) -> Any:
    """One value in YAML's notation."""
    import yaml

    try:
        return yaml.load(word, _loader())
    except yaml.YAMLError:
        raise ValueError(f"'{word}' is no value, {place}. Quote it.") from None


def merged(under: Tree, over: Tree) -> Tree:
    """`over` on top of `under`: mappings are joined, anything else is replaced."""
    places = {at: place for at, place in under.places.items() if not _replaced(at, over)}
    return Tree(_joined(under.values, over.values), places | over.places, over.whole)


def _joined(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    both = {
        key: _joined(under[key], value) if isinstance(value, dict) and isinstance(under.get(key), dict) else value
        for key, value in over.items()
    }
    return under | both


def _replaced(at: Keys, over: Tree) -> bool:
    value: Any = over.values
    for key in at:
        if not isinstance(value, dict):
            return True
        if key not in value:
            return False
        value = value[key]
    return False


def _composed(content: str, place: str) -> "yaml.MappingNode":
    import yaml

    try:
        node = yaml.compose(content, _loader())
    except yaml.YAMLError as failure:
        mark = getattr(failure, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise ValueError(f"not YAML ({getattr(failure, 'problem', failure)}), {place}{line}. Correct it.") from None
    if node is None:
        return yaml.MappingNode("tag:yaml.org,2002:map", [])
    if not isinstance(node, yaml.MappingNode):
        raise ValueError(f"a configuration is a mapping of keys, {place}:{node.start_mark.line + 1}. Write key: value.")
    return node


def _mapping(node: "yaml.MappingNode", place: str, at: Keys) -> tuple[dict[str, Any], dict[Keys, str]]:
    import yaml

    values: dict[str, Any] = {}
    places: dict[Keys, str] = {}
    for key_node, value_node in node.value:
        key, here = str(key_node.value), f"{place}:{key_node.start_mark.line + 1}"
        path = (*at, key)
        if key in values:
            raise ValueError(f"key '{'.'.join(path)}' stands twice, {here}. Remove one.")
        places[path] = here
        if isinstance(value_node, yaml.MappingNode):
            values[key], inner = _mapping(value_node, place, path)
            places |= inner
        else:
            values[key] = _constructed(value_node, here)
    return values, places


def _constructed(node: "yaml.Node", place: str) -> Any:
    import yaml

    loader = _loader()("")
    try:
        return loader.construct_object(node, deep=True)
    except yaml.YAMLError as failure:
        raise ValueError(f"{getattr(failure, 'problem', failure)}, {place}. Write a plain value.") from None


@lru_cache
def _loader() -> type["yaml.SafeLoader"]:
    """YAML 1.2's numbers, so that 1e-3 is one."""
    import yaml

    class Loader(yaml.SafeLoader):
        pass

    Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:float"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    Loader.add_implicit_resolver("tag:yaml.org,2002:float", FLOAT, list("-+0123456789."))
    return Loader
