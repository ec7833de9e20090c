"""What is measured of an encoder."""

import torch
from torch.nn.functional import leaky_relu

from disentangle.image.model import ImageModel
from disentangle.image.networks import Encoder
from disentangle.image.options import DataOptions, ImageConfig, NetworkOptions


def test_hidden_features_are_what_the_code_is_made_from_before_its_activation() -> None:
    network = NetworkOptions(channels=2, hidden=6, code=4, features="hidden")
    model = ImageModel(ImageConfig("bigan", data=DataOptions(size=28), network=network)).eval()
    x = torch.randn(5, 1, 28, 28)
    features = model.features(x)
    assert features.shape == (5, 6) and (features < 0).any()
    assert isinstance(model.encoder, Encoder)
    torch.testing.assert_close(model.encoder.head(leaky_relu(features, 0.1)), model.codes(x))
