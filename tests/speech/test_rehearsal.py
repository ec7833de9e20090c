"""What a model is about to say is heard by its own encoders, and what is lacking is added, as often as asked for."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn.functional import normalize

from disentangle.speech import rehearsal
from disentangle.speech.model import SpeechModel
from disentangle.speech.options import DecoderOptions, RehearsalOptions, SpeechOptions
from disentangle.speech.rehearsal import rehearsed
from tests.speech.conftest import small


def erasing(bottleneck: str) -> SpeechOptions:
    """Of a model that may erase something of its content."""
    options = small(bottleneck)
    return replace(options, content=replace(options.content, leace=True))


def rehearsing(bottleneck: str = "none", **options: float) -> SpeechModel:
    """An untrained model whose decoder draws nothing, so that what it says is its mean."""
    torch.manual_seed(0)
    decoder = DecoderOptions(8, 1, 0.0, rehearsal=RehearsalOptions(**options))  # type: ignore[arg-type]
    return SpeechModel(replace(erasing(bottleneck), decoder=decoder)).eval()


def asked_for() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    return torch.randn(30, 4, generator=generator), normalize(torch.randn(6, generator=generator), dim=0)


def heard_of(model: SpeechModel, code: torch.Tensor, voice: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Content and speaker vector of what the decoder says, by the encoders themselves."""
    with torch.no_grad():
        lengths = torch.tensor([len(code)])
        said = model.decoder(code[None], lengths, voice[None]).mean @ model.stretch.T + model.shift
        return model.content_encoder.unlimited(said, lengths)[0], model.speaker_encoder(said, lengths)[0]


def test_without_rounds_nothing_changes() -> None:
    code, voice = asked_for()
    driven, towards = rehearsed(rehearsing(), code, voice)
    assert torch.equal(driven, code) and torch.equal(towards, voice)


def test_each_round_adds_what_was_lacking() -> None:
    """The iteration by hand, whose first look is at what was asked for and whose second at what came of it."""
    model = rehearsing(rounds=2, voice=0.7, content=0.4)
    model.stretch.mul_(1.5)
    model.shift.add_(0.2)
    code, voice = asked_for()
    driven, towards = code, voice
    for _ in range(2):
        content, own = heard_of(model, driven, towards)
        driven, towards = driven + 0.4 * (code - content), normalize(towards + 0.7 * (voice - own), dim=0)
    found = rehearsed(model, code, voice)
    torch.testing.assert_close(found[0], driven, rtol=0, atol=1e-5)
    torch.testing.assert_close(found[1], towards, rtol=0, atol=1e-5)
    assert found[1].norm() == pytest.approx(1, abs=1e-6)


def test_its_fixed_point_is_heard_as_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Encoders that hear half of the content, and a voice beside the one that spoke: both come out as wanted."""
    model = rehearsing(rounds=40, voice=0.5, content=0.5)
    beside = normalize(torch.tensor([0.0, 0, 0, 0, 0.3, 0.3]), dim=0)
    spoken = list[tuple[torch.Tensor, torch.Tensor]]()

    def draw(code: torch.Tensor, voice: torch.Tensor, _: torch.Generator, count: int = 1) -> torch.Tensor:
        spoken.append((code, voice))
        return torch.zeros(count, len(code), 16)

    monkeypatch.setattr(model, "draw", draw)
    monkeypatch.setattr(
        model.content_encoder, "unlimited", lambda said, _: 0.5 * spoken[-1][0].expand(len(said), -1, -1)
    )
    monkeypatch.setattr(
        model.speaker_encoder,
        "forward",
        lambda said, _: normalize(spoken[-1][1] + 0.3 * beside, dim=0).expand(len(said), -1),
    )
    code, voice = asked_for()
    driven, towards = rehearsed(model, code, voice)
    torch.testing.assert_close(0.5 * driven, code, rtol=0, atol=1e-4)
    torch.testing.assert_close(normalize(towards + 0.3 * beside, dim=0), voice, rtol=0, atol=1e-3)


def test_a_contour_behind_the_code_stays() -> None:
    options = replace(small(), decoder=DecoderOptions(8, 1, f0=True, rehearsal=RehearsalOptions(1)))
    torch.manual_seed(0)
    model = SpeechModel(options).eval()
    code, voice = asked_for()
    both = torch.cat([code, torch.rand(30, model.decoder.dims - 4, generator=torch.Generator().manual_seed(2))], 1)
    driven, _ = rehearsed(model, both, voice)
    assert torch.equal(driven[:, 4:], both[:, 4:]) and not torch.allclose(driven[:, :4], code)


def test_what_was_erased_is_not_missed() -> None:
    """What LEACE took off the content is taken off what is heard too."""
    model = rehearsing(rounds=1, content=1.0, voice=0.0)
    linear, offset = torch.diag(torch.tensor([1.0, 1, 1, 0])), torch.tensor([0.0, 0, 0, 2])
    model.content_encoder.erase(linear, offset)
    code, voice = asked_for()
    code = code @ linear + offset
    driven, _ = rehearsed(model, code, voice)
    torch.testing.assert_close(driven[:, 3], code[:, 3])
    assert not torch.allclose(driven[:, :3], code[:, :3], atol=1e-3)


def test_a_conversion_is_rehearsed_the_same_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    model = rehearsing(rounds=1)
    wave = np.random.default_rng(0).standard_normal(4000).astype(np.float32)
    voice = model.speaker([wave[::-1].copy()])[0]
    made = model.converted_mel(wave, voice)
    assert np.array_equal(made, model.converted_mel(wave, voice))
    monkeypatch.setattr(rehearsal, "DRAWS", 2)
    np.testing.assert_allclose(made, model.converted_mel(wave, voice), atol=1e-5)  # no temperature: all draws are one
    other = rehearsing()
    other.load_state_dict(model.state_dict())
    assert not np.allclose(made, other.converted_mel(wave, voice), atol=1e-3)


def test_a_conversion_from_before_the_noise() -> None:
    """It is of what would be released without noise; what is released has it as before."""
    torch.manual_seed(0)
    options = replace(erasing("noise"), decoder=DecoderOptions(8, 1, noiseless=True))
    model = SpeechModel(options).eval()
    model.content_encoder.erase(torch.eye(4), torch.ones(4))
    wave = np.random.default_rng(0).standard_normal(4000).astype(np.float32)
    x = model.standardised(wave)
    expected = model.content_encoder.unlimited(x[None], torch.tensor([len(x)]))[0] + 1
    np.testing.assert_allclose(model.decodable(wave), expected.detach().numpy(), atol=1e-6)
    np.testing.assert_allclose(model.noiseless([wave])[0], expected.detach().numpy(), atol=1e-6)
    assert np.abs(model.content([wave])[0] - model.decodable(wave)).mean() > 0.3


@pytest.mark.parametrize(
    ("options", "causal", "said"),
    [
        (DecoderOptions(noiseless=True), False, "bottleneck=noise"),
        (DecoderOptions(rehearsal=RehearsalOptions(1)), True, "rehearsal.rounds=0"),
    ],
)
def test_what_cannot_be(options: DecoderOptions, causal: bool, said: str) -> None:
    content = replace(small("vq").content, instance_norm=False)
    with pytest.raises(ValueError, match=said):
        SpeechOptions(content=content, decoder=options, causal=causal)
