"""Back to the original: what a generator cannot draw is carried from it to the edited picture."""

from typing import Literal

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, grid_sample, max_pool2d

Carry = Literal["residual", "warp"]
UNTOUCHED = 0.1  # of a range of 2: less of a change is none
FEATHER = 5  # pixels over which touched goes over into untouched


def carry(
    original: Tensor, before: Tensor, after: Tensor, way: Carry = "residual", kept: Tensor | None = None
) -> Tensor:
    """The original with the change that an edit made between the generator's pictures before and after.

    Where the two are nearly the same, and nothing near them is not, the original's pixels come back as they are.

    Args:
        original: (n, channels, height, width) in [-1, 1].
        before: what the generator makes of the original's code.
        after: what it makes of the edited one.
        way: "residual" adds the difference; "warp" first moves the original's pixels as those of before move to after
            (by TV-L1 flow of their mean channel), then adds what colour is left to change, as Zhu et al. 2016,
            https://arxiv.org/abs/1609.03552, section 4.4.
        kept: mask of what stays as it is in any case, (height, width) or (n, 1, height, width); numbers from 0 to 1.

    Raises:
        ValueError: a mask of another size.

    Example:
        >>> x, before = torch.zeros(1, 1, 16, 16), torch.full((1, 1, 16, 16), 0.2)
        >>> bool((carry(x, before, before) == x).all())
        True
    """
    if kept is not None and kept.shape[-2:] != original.shape[-2:]:
        raise ValueError(f"a mask of {tuple(kept.shape[-2:])} for pictures of {tuple(original.shape[-2:])}")
    if way == "warp":
        flows = torch.stack([_flow(b, a) for b, a in zip(before, after, strict=True)])
        moved = _moved(original, flows) + after - _moved(before, flows)
    else:
        moved = original + after - before
    share = touched(before, after) if kept is None else touched(before, after) * (1 - kept.to(original))
    return torch.where(share > 0, torch.lerp(original, moved, share), original).clamp(-1, 1)


def touched(before: Tensor, after: Tensor) -> Tensor:
    """How far each pixel is changed, (n, 1, height, width): 1 where it or a neighbour is, 0 away from any change."""
    changed = ((after - before).abs().amax(1, keepdim=True) > UNTOUCHED).float()
    grown = max_pool2d(changed, FEATHER, 1, FEATHER // 2)
    return avg_pool2d(grown, FEATHER, 1, FEATHER // 2, count_include_pad=False)


def _flow(before: Tensor, after: Tensor) -> Tensor:
    """For each pixel of after where it was before, relative, in pixels: (2, height, width), down and right."""
    from skimage.registration import optical_flow_tvl1

    found = optical_flow_tvl1(  # type: ignore[no-untyped-call]
        *(np.asarray(part.mean(0).cpu(), np.float32) for part in (after, before))
    )
    return torch.from_numpy(np.asarray(found)).to(before)


def _moved(pictures: Tensor, flows: Tensor) -> Tensor:
    """Each pixel taken from where the flow (n, 2, height, width) points."""
    height, width = pictures.shape[-2:]
    down, right = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    rows, columns = down.to(flows) + flows[:, 0], right.to(flows) + flows[:, 1]
    grid = torch.stack([2 * columns / (width - 1) - 1, 2 * rows / (height - 1) - 1], -1)
    return grid_sample(pictures, grid, padding_mode="border", align_corners=True)
