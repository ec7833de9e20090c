"""Figures: what they draw, in the page's own colours, with words for those who do not see them."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
import soundfile

from disentangle.evaluation.score import Score
from disentangle.report import hearing
from disentangle.report.experiment import Probe, read
from disentangle.report.figures import hues
from disentangle.report.labels import Labels, data_folder, embeddings_folder, read_labels
from disentangle.report.leakage import leakage_chart
from disentangle.report.projection import maps, plane, pooled, resampled, scatter
from disentangle.report.training import attacker_panels, lines_of, smooth, training_panels


def check_figure(text: str) -> ET.Element:
    """Well-formed, described, free of stand-in colours and of addresses."""
    root = ET.fromstring(text)
    assert root.get("role") == "img" and root.get("aria-label")
    assert root.get("width") is None and root.get("viewBox")
    assert not re.search(r"#0(?:10203|40506|70809)", text)
    return root


def test_leakage_chart_tells_every_number_and_chance() -> None:
    scores = {
        "content_speaker_accuracy_linear": Score(0.4, (0.3, 0.5), 60, 0.25),
        "mel_speaker_accuracy_linear": Score(0.9, None, 60, 0.25),
        "content_speaker_accuracy_sequence": Score(0.8, None, 60, 0.25),
    }
    chart = leakage_chart(scores, "x")
    assert chart is not None
    label = check_figure(chart).get("aria-label", "")
    assert "linear 40.0 % against 90.0 % on log-mel; sequence 80.0 %; chance 25.0 %" in label
    assert leakage_chart({}, "x") is None


def test_training_has_a_panel_for_each_player_and_one_for_what_was_watched(experiment: Path) -> None:
    panels = training_panels(read(experiment).log, "x")
    assert "currentColor" in panels[0].figure and "var(--line)" in panels[0].figure
    assert [panel.title for panel in panels] == ["content", "critic", "speaker", "Watched during training"]
    assert [key.label.split()[0] for key in panels[0].legend] == ["confuse", "reconstruction"]
    for panel in panels:
        check_figure(panel.figure)


def test_lines_keep_the_steps_at_which_a_term_was_logged() -> None:
    lines = lines_of([{"step": 1, "D/real": 0.5}, {"step": 2, "D/real": 0.4, "watch/eer": 0.1}, {"step": 3, "rate": 1}])
    assert lines["D"]["real"][0].tolist() == [1, 2]
    assert lines["watch"]["eer"][1].tolist() == [0.1]


def test_smoothing_keeps_a_constant_and_a_short_curve() -> None:
    assert smooth(np.full(200, 3.0)) == pytest.approx(3.0)
    assert smooth(np.array([1.0, 5.0])).tolist() == [1.0, 5.0]


def test_critics_and_fresh_attackers_part_on_a_scale_from_chance_to_one() -> None:
    log = [
        {"step": s, "critic/pair": 0.7, "watch/critic_pair": 0.5, "watch/probe_linear": 0.8, "watch/chance": 0.2}
        for s in (10, 20)
    ]
    panels = training_panels(log, "x")
    assert [panel.title for panel in panels] == ["critic", "Critics in play and fresh attackers"]
    assert [key.label for key in panels[1].legend] == ["pair critic 50%", "fresh linear attacker 80%"]
    check_figure(panels[1].figure)


def test_attackers_are_drawn_over_their_ceiling(experiment: Path) -> None:
    panels = attacker_panels(read(experiment).probes, "x")
    assert len(panels) == 3
    assert [key.label for key in panels[1].legend] == ["on the code", "on log-mel, the ceiling"]
    folds = Probe(tuple({"fold": f, "step": s, "validation_loss": 1.0} for f in (0, 1) for s in (1, 2)))
    check_figure(attacker_panels({"content_speaker_accuracy_mlp": folds}, "y")[0].figure)
    assert attacker_panels({"content_speaker_accuracy_mlp": Probe(())}, "z") == []


def test_maps_are_of_speakers_and_of_content_by_word_and_by_speaker(experiment: Path) -> None:
    found = read(experiment)
    embeddings = embeddings_folder(found)
    assert embeddings == experiment / "embeddings" / "test"
    data = data_folder(found, embeddings)
    assert data == experiment.parent / "data" / "test"
    panels = maps(embeddings, read_labels(data), "x")
    assert [panel.title for panel in panels] == ["Speaker vectors", "Content by digit", "Content by speaker"]
    assert [len(panel.legend) for panel in panels] == [6, 10, 6]
    for panel in panels:
        text = panel.figure
        check_figure(text)
        assert all(f'id="{key.group}"' in text for key in panel.legend)
        assert "female" in panel.note


def test_maps_of_another_data_directory_are_refused(experiment: Path) -> None:
    with pytest.raises(ValueError, match=r"no utterance of .*speaker\.scp is in the data directory"):
        maps(experiment / "embeddings" / "test", Labels({"other": "s0"}), "x")


def test_the_plane_keeps_groups_apart_and_takes_few_points() -> None:
    rng = np.random.default_rng(0)
    groups = np.repeat(np.eye(3, 20) * 10, 20, axis=0) + 0.1 * rng.normal(size=(60, 20))
    points, method = plane(groups)
    centres = points.reshape(3, 20, 2).mean(1)
    within = np.linalg.norm(points.reshape(3, 20, 2) - centres[:, None], axis=-1).mean()
    between = np.linalg.norm(centres[0] - centres[1])
    assert method == "t-SNE" and between > 3 * within
    assert plane(groups[:10])[1] == "PCA" and plane(groups[:10])[0].shape == (10, 2)
    assert plane(groups[:2])[0].shape == (2, 2) and plane(groups[:5, :1])[0].shape == (5, 2)


def test_utterances_of_any_length_become_vectors_of_one_length() -> None:
    frames = np.arange(48.0).reshape(24, 2)
    assert resampled(frames, 2).tolist() == [11, 12, 35, 36]
    assert resampled(frames[:1], 3).tolist() == [0, 1, 0, 1, 0, 1]
    assert pooled(frames).shape == (4,)


def test_a_map_without_gender_or_label_still_draws() -> None:
    panel = scatter("T", ["a", "b"], np.eye(2), Labels({"a": "s", "b": "t"}), {"a": "x"}, "n", "Note.")
    assert [key.label for key in panel.legend] == ["x"] and panel.note == "Note."


def test_more_groups_than_colours_get_colours_of_their_own() -> None:
    for count in (1, 12, 13, 74):
        assert len(set(hues(count))) == count


def test_spectrogram_shows_a_tone_where_it_is() -> None:
    rate = 16000
    tone = np.sin(2 * np.pi * 1000 * np.arange(rate) / rate).astype(np.float32)
    level = hearing.spectrogram(tone, rate)
    mel = 2595 * np.log10(1 + np.array([1000, 8000]) / 700)
    assert abs(level[:, 60].argmax() / (hearing.BANDS - 1) - mel[0] / mel[1]) < 0.02
    assert level.max() == 0 and level.min() >= -hearing.RANGE
    assert np.isfinite(hearing.spectrogram(np.zeros(10, np.float32), rate)).all()
    assert hearing.spectrogram(np.zeros(100 * rate, np.float32), rate).shape[1] <= hearing.COLUMNS + 2


def test_sound_survives_the_data_uri(tmp_path: Path) -> None:
    import base64
    import io

    wave = (0.5 * np.sin(np.arange(800) / 5)).astype(np.float32)
    uri = hearing.flac_uri(wave, 8000)
    head, _, body = uri.partition(",")
    heard, rate = soundfile.read(io.BytesIO(base64.b64decode(body)), dtype="float32")
    assert head == "data:audio/flac;base64" and rate == 8000
    assert heard == pytest.approx(wave, abs=1e-4)
    (tmp_path / "text.wav").write_text("no sound", "utf-8")
    with pytest.raises(ValueError, match=r"not an audio file, .*text\.wav"):
        hearing.load(tmp_path / "text.wav")
