"""Poisson blending: a filled hole takes its gradients from one picture and its border from another."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


def blend(image: Tensor, filling: Tensor, known: Tensor) -> Tensor:
    """The picture whose known pixels are the image's and whose differences between neighbours elsewhere the filling's.

    Pérez et al. 2003, "Poisson image editing", https://doi.org/10.1145/882269, equation 7, with four neighbours; the
    picture's edge asks for nothing.

    Args:
        image: (n, channels, height, width) in [-1, 1].
        filling: of that shape.
        known: bool (n, 1, height, width), some of each.

    Returns:
        Pictures (n, channels, height, width), cut off at -1 and 1.

    Example:
        >>> image, known = torch.full((1, 1, 3, 3), 0.5), torch.ones(1, 1, 3, 3, dtype=torch.bool)
        >>> known[..., 1, 1] = False
        >>> float(blend(image, torch.zeros_like(image), known)[..., 1, 1])
        0.5
    """
    parts = [_blended(i.cpu(), f.cpu(), k.cpu()[0]) for i, f, k in zip(image, filling, known, strict=True)]
    return torch.stack(parts).to(image)


def _blended(image: Tensor, filling: Tensor, known: Tensor) -> Tensor:
    """Of one picture (channels, height, width) and mask (height, width)."""
    from scipy.sparse import csr_matrix, diags
    from scipy.sparse.linalg import spsolve

    hidden = (~known).numpy().ravel()
    if not hidden.any():
        return image
    one, other = _neighbours(*known.shape)
    count = len(hidden)
    ones = np.ones(2 * len(one))
    beside = csr_matrix((ones, (np.concatenate([one, other]), np.concatenate([other, one]))), (count, count))
    laplacian = (diags(np.asarray(beside.sum(1)).ravel()) - beside).tocsr()[hidden]
    x, f = (part.flatten(1).double().numpy() for part in (image, filling))
    wanted = laplacian @ f.T - laplacian[:, ~hidden] @ x.T[~hidden]
    x[:, hidden] = spsolve(laplacian[:, hidden].tocsc(), wanted).reshape(-1, len(x)).T
    return torch.from_numpy(x).to(image.dtype).clamp(-1, 1).view_as(image)


def _neighbours(height: int, width: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Places of all pairs of pixels side by side or one above the other."""
    places = np.arange(height * width).reshape(height, width)
    pairs = ((places[:, :-1], places[:, 1:]), (places[:-1], places[1:]))
    one, other = (np.concatenate([pair[side].ravel() for pair in pairs]) for side in (0, 1))
    return one, other
