"""Miniatures of the corpora's public layouts: a few files of noise, named and listed as their makers do."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile

Layout = Callable[[Path], Path]
EXTENDED = {".wav": "WAV", ".flac": "FLAC", ".mp3": "MP3"}


def sound(file: Path, rate: int = 16000, container: str | None = None, take: int = 0) -> None:
    """0.12 s of noise and 10 ms more for each take."""
    file.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(take).normal(0, 0.1, round(rate * (0.12 + 0.01 * take)))
    soundfile.write(file, noise, rate, format=container or EXTENDED[file.suffix.lower()])


def say(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def vctk_080(folder: Path) -> Path:
    corpus = folder / "VCTK-Corpus"
    for speaker in ("p225", "p226", "p227", "p228", "p315", "s5"):
        for number in ("001", "002", "100"):
            sound(corpus / "wav48" / speaker / f"{speaker}_{number}.wav", 48000)
            if speaker != "p315":
                say(corpus / "txt" / speaker / f"{speaker}_{number}.txt", f"Sentence  {number}.\n")
    lines = [
        "225  23  F    English    Southern  England",
        "226  22  M    English    Surrey",
        "227 38 M English Cumbria",
    ]
    say(corpus / "speaker-info.txt", "\n".join(["ID  AGE  GENDER  ACCENTS  REGION ", *lines, "315 18 M American", ""]))
    return folder


def vctk(folder: Path) -> Path:
    sexes = {"p225": "F", "p226": "M", "p227": "M", "p228": "F", "p280": "F", "p315": "M", "s5": "M"}
    for speaker in sexes:
        for number in ("001", "002", "100"):
            for microphone in ("mic1", "mic2"):
                if microphone == "mic1" or speaker not in ("p280", "p315"):
                    name = f"{speaker}_{number}_{microphone}.flac"
                    sound(folder / "wav48_silence_trimmed" / speaker / name, 48000)
            if speaker != "p315":
                say(folder / "txt" / speaker / f"{speaker}_{number}.txt", f"Sentence {number}.")
    say(folder / "wav48_silence_trimmed" / "p225" / "._p225_001_mic1.flac", "what macOS leaves behind")
    rows = [f"{name}  23  {sex}    English    Somewhere (mic2 files unavailable)" for name, sex in sexes.items()]
    say(folder / "speaker-info.txt", "\n".join(["ID  AGE  GENDER  ACCENTS  REGION COMMENTS ", *rows, ""]))
    return folder


def librispeech(folder: Path) -> Path:
    corpus = folder / "LibriSpeech"
    subsets = {
        "train-clean-100": ("19", "103"),
        "train-other-500": ("20",),
        "dev-clean": ("84",),
        "test-clean": ("61",),
    }
    for subset, speakers in subsets.items():
        for speaker in speakers:
            chapter = corpus / subset / speaker / "198"
            names = [f"{speaker}-198-{i:04}" for i in range(3)]
            for take, name in enumerate(names):
                sound(chapter / f"{name}.flac", take=take)
            say(chapter / f"{speaker}-198.trans.txt", "".join(f"{name} NORTHANGER ABBEY\n" for name in names))
    rows = [f"{s:<5}| {'FM'[int(s) % 2]} | {name} | 25.03 | A Reader" for name, all_ in subsets.items() for s in all_]
    say(corpus / "SPEAKERS.TXT", "\n".join([";ID  |SEX| SUBSET           |MINUTES| NAME", *rows, ""]))
    return folder


def libritts(folder: Path) -> Path:
    corpus = folder / "LibriTTS"
    subsets = {"train-clean-100": ("103", "1034"), "dev-clean": ("84",), "test-clean": ("61",), "test-other": ("367",)}
    for subset, speakers in subsets.items():
        for speaker in speakers:
            for i in range(3):
                file = corpus / subset / speaker / "1241" / f"{speaker}_1241_000000_00000{i}.wav"
                sound(file, 24000, take=i)
                say(file.with_suffix(".normalized.txt"), "matthew Cuthbert is surprised")
                say(file.with_suffix(".original.txt"), "Matthew Cuthbert Is Surprised")
    rows = [f"{s}\t{'FM'[int(s) % 2]}\t{name}\tA Reader" for name, all_ in subsets.items() for s in all_]
    say(corpus / "speakers.tsv", "\n".join(["READER\tGENDER\tSUBSET\tNAME", *rows, ""]))
    return folder


def timit(folder: Path) -> Path:
    for part, dialect, speaker in (
        ("TRAIN", 1, "FCJF0"),
        ("TRAIN", 2, "MTPF0"),
        ("TEST", 1, "FELC0"),
        ("TEST", 1, "MDAB0"),
        ("TEST", 1, "FAKS0"),
        ("TEST", 2, "MABW0"),
    ):
        for take, sentence in enumerate(("SA1", "SX127", "SI1027")):
            file = folder / "TIMIT" / part / f"DR{dialect}" / speaker / f"{sentence}.WAV"
            sound(file, container="NIST", take=take)
            say(file.with_suffix(".TXT"), "0 46797 She had your dark suit in greasy wash water all year.\n")
    sound(folder / "TIMIT" / "TRAIN" / "DR1" / "FCJF0" / "SA1.WAV.wav")
    return folder


def timit_lower(folder: Path) -> Path:
    source = timit(folder / "upper")
    for file in sorted(source.rglob("*")):
        if file.is_file() and file.suffix in (".WAV", ".TXT"):
            lower = folder / "lower" / Path(file.relative_to(source).as_posix().lower())
            lower.parent.mkdir(parents=True, exist_ok=True)
            file.rename(lower)
    return folder / "lower"


def voxceleb(folder: Path) -> Path:
    videos = ("1zcIwhmdeo4", "7gWzIy6yIIk")
    people = {
        "id10001": "vox1_dev_wav",
        "id10002": "vox1_dev_wav",
        "id10270": "vox1_test_wav",
        "id10309": "vox1_test_wav",
    }
    for speaker, part in people.items():
        for video in videos:
            sound(folder / part / "wav" / speaker / video / "00001.wav")
    for speaker, part in {"id00012": "dev", "id00017": "test", "id09999": "dev"}.items():
        say(folder / part / "aac" / speaker / "21Uxsk56VDQ" / "00110.m4a", "not decoded here")
    first = [f"{s}\tA_Name\t{'fm'[i % 2]}\tUSA\t{p[5:-4]}" for i, (s, p) in enumerate(people.items())]
    say(folder / "vox1_meta.csv", "\n".join(["VoxCeleb1 ID\tVGGFace1 ID\tGender\tNationality\tSet", *first, ""]))
    second = ["id00012 ,n000012 ,m ,dev ", "id00017 ,n000017 ,m ,test ", "id09999 ,n009999 ,f ,dev "]
    say(folder / "vox2_meta.csv", "\n".join(["VoxCeleb2 ID ,VGGFace2 ID ,Gender ,Set ", *second, ""]))
    pairs = ["1 id10270/1zcIwhmdeo4/00001.wav id10270/7gWzIy6yIIk/00001.wav"]
    pairs += ["0 id10270/1zcIwhmdeo4/00001.wav id10309/1zcIwhmdeo4/00001.wav"]
    say(folder / "veri_test2.txt", "\n".join([*pairs, ""]))
    say(folder / "list_test_all2.txt", "0 id10001/1zcIwhmdeo4/00001.wav id10002/1zcIwhmdeo4/00001.wav\n")
    return folder


def aishell1(folder: Path) -> Path:
    corpus, lines = folder / "data_aishell", []
    for part, speaker in (("train", "S0002"), ("train", "S0003"), ("dev", "S0724"), ("test", "S0764")):
        for number in range(121, 125):
            name = f"BAC009{speaker}W0{number}"
            sound(corpus / "wav" / part / speaker / f"{name}.wav", take=number - 121)
            if name != "BAC009S0002W0121":
                lines.append(f"{name} 而 对 楼市  成交\n")
    say(corpus / "transcript" / "aishell_transcript_v0.8.txt", "".join(lines))
    say(folder / "resource_aishell" / "speaker.info", "0002 F\n0003 M\n0724 F\n0764 M\n")
    return folder


def aishell3(folder: Path) -> Path:
    for part, speakers in {"train": ("SSB0005", "SSB0009"), "test": ("SSB0139",)}.items():
        names = [f"{speaker}{number:04}" for speaker in speakers for number in (1, 2, 3)]
        for name in names:
            sound(folder / part / "wav" / name[:7] / f"{name}.wav", 44100)
        say(folder / part / "content.txt", "".join(f"{name}.wav\t广 guang3 州 zhou1\n" for name in names))
    rows = ["SSB0005\tB\tfemale\tnorth", "SSB0009\tC\tmale\tsouth", "SSB0139\tB\tfemale\tnorth"]
    say(folder / "spk-info.txt", "\n".join(["# the speakers", "#", *rows, ""]))
    return folder


def cmu_arctic(folder: Path) -> Path:
    for speaker in ("bdl", "slt", "clb", "rms"):
        corpus = folder / f"cmu_us_{speaker}_arctic-0.95-release"
        for sentence in ("a0001", "a0002", "b0001"):
            sound(corpus / "wav" / f"arctic_{sentence}.wav")
        lines = [f'( arctic_{s} "Author of the "danger" trail, Philip Steels, etc." )\n' for s in ("a0001", "a0002")]
        say(corpus / "etc" / "txt.done.data", "".join([*lines, '( arctic_b0001 "Gad, your letter came." )\n']))
    return folder


def l2_arctic(folder: Path) -> Path:
    for speaker in ("ABA", "HKK", "SKA", "THV"):
        corpus = folder / speaker / speaker if speaker == "ABA" else folder / speaker
        for sentence in ("a0001", "a0002", "b0001"):
            sound(corpus / "wav" / f"arctic_{sentence}.wav", 44100)
            say(corpus / "transcript" / f"arctic_{sentence}.txt", "Author of the danger trail\n")
    sound(folder / "suitcase_corpus" / "wav" / "aba.wav", 44100)
    return folder


def esd(folder: Path) -> Path:
    corpus = folder / "Emotion Speech Dataset"
    for speaker, encoding, words in (
        ("0001", "gb18030", "打远一看"),
        ("0011", "latin-1", "The nine the eggs, I keep."),
    ):
        lines = []
        for start, emotion in ((0, "Neutral"), (350, "Angry")):
            for number in (start + n for n in (1, 21, 51, 52, 350)):
                sound(corpus / speaker / emotion / f"{speaker}_{number:06}.wav")
                lines.append(f"{speaker}_{number:06}\t{words}\t{emotion}\n")
        (corpus / speaker / f"{speaker}.txt").write_bytes("".join(lines).encode(encoding))
    return folder


def esd_divided(folder: Path) -> Path:
    for number, part in ((1, "evaluation"), (21, "test"), (51, "train"), (52, "train")):
        sound(folder / "0011" / "Surprise" / part / f"0011_{1400 + number:06}.wav")
    say(folder / "0011" / "0011.txt", "")
    return folder


def common_voice(folder: Path) -> Path:
    header = "client_id\tpath\tsentence\tup_votes\tdown_votes\tage\tgender\taccents\tlocale\n"
    for part, client in (("train", "a"), ("dev", "b"), ("test", "c")):
        rows = []
        for i in range(3):
            name = f"common_voice_de_{ord(client)}{i}.mp3"
            sound(folder / "de" / "clips" / name, 48000, take=i)
            sex = "female_feminine" if client == "a" else ""
            rows.append(
                f'{client * 128}\t{name}\tEr sagte: "Nein".\t2\t0\ttwenties\t{sex}\tÖsterreichisches  Deutsch\tde\n'
            )
        say(folder / "de" / f"{part}.tsv", header + "".join(rows))
    return folder


def speech_commands(folder: Path) -> Path:
    for word in ("yes", "no"):
        for speaker in ("0a7c2a8d", "0a9f9af7", "0ab3b47d"):
            for take in (0, 1):
                sound(folder / word / f"{speaker}_nohash_{take}.wav")
    sound(folder / "_background_noise_" / "pink_noise.wav")
    say(folder / "testing_list.txt", "".join(f"{w}/0a9f9af7_nohash_{t}.wav\n" for w in ("yes", "no") for t in (0, 1)))
    say(
        folder / "validation_list.txt", "".join(f"{w}/0ab3b47d_nohash_{t}.wav\n" for w in ("yes", "no") for t in (0, 1))
    )
    return folder


def audiomnist(folder: Path) -> Path:
    for speaker in ("01", "02", "05", "12"):
        for digit in (0, 9):
            for take in (0, 49):
                sound(folder / "data" / speaker / f"{digit}_{speaker}_{take}.wav", 48000)
    people = {
        s: {"accent": "German", "age": "30", "gender": "male" if s == "01" else "female"}
        for s in ("01", "02", "05", "12")
    }
    say(folder / "data" / "audioMNIST_meta.txt", json.dumps(people))
    return folder


def emodb(folder: Path) -> Path:
    for speaker in ("03", "08", "13", "16"):
        for name in ("a01Fa", "a02Wc", "b10Nb"):
            sound(folder / "wav" / f"{speaker}{name}.wav")
    return folder


def folder_of_speakers(folder: Path) -> Path:
    for speaker in ("ann", "bob", "cyd lee", "dan"):
        for take in range(3):
            sound(folder / speaker / "morning" / f"take {take}.wav", take=take)
            say(folder / speaker / "morning" / f"take {take}.txt", f"word {take}\n")
    return folder
