"""What is of like length, together."""

from collections.abc import Sequence


def alike(lengths: Sequence[float], total: float) -> list[list[int]]:
    """Groups of items of like length, the shortest first; they follow from the lengths alone.

    Args:
        lengths: of the items.
        total: that a group may have with its padding, its longest times its number; a longer item is alone.

    Returns:
        The numbers of the items of each group.

    Example:
        >>> alike([5, 1, 2, 1], 6)
        [[1, 3, 2], [0]]
    """
    groups: list[list[int]] = []
    for number in sorted(range(len(lengths)), key=lengths.__getitem__):
        if groups and (len(groups[-1]) + 1) * lengths[number] <= total:
            groups[-1].append(number)
        else:
            groups.append([number])
    return groups
