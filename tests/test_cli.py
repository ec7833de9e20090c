"""The command line: light help, one line for what the user can mend, a traceback for the rest."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from disentangle import cli
from disentangle.adversarial.game import NonFiniteLoss
from disentangle.adversarial.interrupts import Interrupted

HEAVY = ("torch", "numpy", "scipy", "speechbrain", "lightning", "gradio", "librosa", "matplotlib", "pydantic")


def _failing(monkeypatch: pytest.MonkeyPatch, failure: BaseException) -> None:
    import disentangle.commands.report as command

    def run(_: object) -> None:
        raise failure

    monkeypatch.setattr(command, "run", run)


def _line(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err


def test_help_names_every_command_and_loads_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from disentangle.cli import main\n"
        "try: main(['--help'])\n"
        f"finally: print(sorted(set({HEAVY}) & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stderr == "[]\n"
    for name in cli.COMMANDS:
        assert re.search(rf"\n    {name}\s", done.stdout)


def test_every_module_of_commands_is_a_command() -> None:
    files = Path(cli.__file__).parent.joinpath("commands").glob("[!_]*.py")
    assert sorted(cli.COMMANDS) == sorted(file.stem for file in files)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_has_a_help_of_its_own(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main([name, "--help"])
    assert stopped.value.code == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"usage: disentangle {name}")
    assert "--debug" in shown


def test_an_unknown_command_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["scoer", "exp"]) == 2
    assert _line(capsys) == "error: unknown command 'scoer'. Did you mean 'score'?\n"


@pytest.mark.parametrize("words", [[], ["report"], ["report", "exp", "--nonsense"], ["train", "x", "--out"]])
def test_wrong_arguments_are_one_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(words) == 2
    line = _line(capsys)
    assert line.startswith("error: ")
    assert "--help" in line


def test_an_abbreviated_option_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["train", "x", "--dat", "y"]) == 2
    assert "--dat" in _line(capsys)


def test_overrides_may_follow_options() -> None:
    arguments = cli._parsed(["train", "x.yaml", "a=1", "--out", "exp", "b.c=2"])
    assert (arguments.config, arguments.out, arguments.overrides) == ("x.yaml", "exp", ["a=1", "b.c=2"])


@pytest.mark.parametrize(
    ("failure", "line"),
    [
        (ValueError("no data directory d.\nMake one."), "error: no data directory d. Make one."),
        (FileNotFoundError(2, "No such file or directory", "x.wav"), "error: No such file or directory, x.wav"),
        (NonFiniteLoss("critic", "pair", 7), f"error: {NonFiniteLoss('critic', 'pair', 7)}"),
    ],
)
def test_what_the_user_can_mend_is_one_line(
    failure: Exception, line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _failing(monkeypatch, failure)
    assert cli.main(["report", "exp"]) == 2
    assert _line(capsys) == f"{line}\n"


def test_debug_shows_the_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    _failing(monkeypatch, ValueError("wrong"))
    with pytest.raises(ValueError, match="wrong"):
        cli.main(["report", "exp", "--debug"])


def test_a_bug_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    _failing(monkeypatch, KeyError("speaker"))
    with pytest.raises(KeyError):
        cli.main(["report", "exp"])


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (KeyboardInterrupt(), 130),
        (Interrupted(5, Path("c.pt"), signal.SIGINT), 130),
        (Interrupted(5, Path("c.pt"), signal.SIGTERM), 143),
    ],
)
def test_signals_end_as_a_shell_expects(
    failure: BaseException, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _failing(monkeypatch, failure)
    assert cli.main(["report", "exp"]) == status
    assert not _line(capsys).startswith("error")


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    code = "import disentangle.cli as c, sys; c._parsed = lambda _: c.Namespace(run=lambda _: print('x' * 10**7)); "
    code += "sys.exit(c.main(['report']))"
    command = f'"{sys.executable}" -c "{code}" | head -c 1'
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("x", "")


@pytest.mark.parametrize(
    "words",
    [
        ["embed", "exp", "data", "s3://bucket/out"],
        ["train", "conf.yaml", "--out", "s3://bucket/out"],
        ["verify", "data", "trials", "s3://bucket/out"],
        ["data", "subset", "data", "s3://bucket/out"],
    ],
)
def test_a_store_takes_no_results(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(words) == 2
    assert "OUT in a store, s3://bucket/out. Name a place on disk" in _line(capsys)
    assert not any(tmp_path.iterdir())
