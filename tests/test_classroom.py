"""A hub for a course: its configuration, the students' servers, and the simulated students."""

import math
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import psutil
import pytest
import yaml
from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)
from traitlets.config import PyFileConfigLoader

from classroom import messages, report, student_server
from classroom.report import Memory, Visit

ROOT = Path(__file__).parent.parent
CLASSROOM = ROOT / "classroom"
MIB = report.MIB
SETTING_UP = 540  # seconds, with all that pip and npm install the first time
LEAN = 110  # MiB that a student's server maps at most; as JupyterHub has it, it is 148


def load(path, **env):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in env.items():
            patch.setenv(name, value)
        return PyFileConfigLoader(path.name, path=str(path.parent)).load_config()


# -------------------------------------------------------------------------------- configuration


def test_the_hub_starts_what_is_there():
    course = load(CLASSROOM / "jupyterhub_config.py").Spawner
    _, server = course.cmd
    assert Path(server) == CLASSROOM / "student_server.py"
    page = course.default_url.removeprefix(f"/lab/tree/{student_server.COPY}/")
    assert (ROOT / page).is_file()


def test_who_may_log_in_is_left_to_the_hub(tmp_path):
    """Loaded as a piece of another configuration, as The Littlest JupyterHub does."""
    (tmp_path / "jupyterhub_config.py").write_text(
        "c = get_config()\n"
        "c.JupyterHub.authenticator_class = 'theirs'\n"
        "c.JupyterHub.spawner_class = 'theirs'\n"
        "c.Spawner.mem_limit = None\n"
        f"load_subconfig({str(tmp_path / 'course.py')!r})\n"
    )
    (tmp_path / "course.py").symlink_to(CLASSROOM / "jupyterhub_config.py")
    merged = load(tmp_path / "jupyterhub_config.py")
    assert merged.JupyterHub.authenticator_class == merged.JupyterHub.spawner_class == "theirs"
    assert merged.Spawner.mem_limit == "1G"
    assert merged.Spawner.cmd[1] == str(CLASSROOM / "student_server.py")
    assert set(load(CLASSROOM / "jupyterhub_config.py")) == {"JupyterHub", "Spawner"}


def test_on_a_hub_without_the_project_the_students_have_it_in_opt(tmp_path):
    alone = shutil.copy(CLASSROOM / "jupyterhub_config.py", tmp_path / "course.py")
    assert load(Path(alone)).Spawner.cmd[1] == "/opt/convolution/classroom/student_server.py"


def test_kubernetes_gets_the_same():
    text = (CLASSROOM / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    values = yaml.safe_load(block)
    pod, course = values["singleuser"], load(CLASSROOM / "jupyterhub_config.py")
    assert pod["cmd"] == ["python3", "/opt/convolution/classroom/student_server.py"]
    assert pod["defaultUrl"] == course.Spawner.default_url
    memory, cpu = pod["memory"], pod["cpu"]
    assert (memory["guarantee"], memory["limit"]) == (
        course.Spawner.mem_guarantee,
        course.Spawner.mem_limit,
    )
    assert (cpu["guarantee"], cpu["limit"]) == (
        course.Spawner.cpu_guarantee,
        course.Spawner.cpu_limit,
    )
    assert pod["startTimeout"] == course.Spawner.start_timeout
    assert values["hub"]["concurrentSpawnLimit"] == course.JupyterHub.concurrent_spawn_limit


def test_the_trial_refuses_to_be_a_hub(monkeypatch):
    monkeypatch.delenv("CLASSROOM_TRIAL", raising=False)
    with pytest.raises(SystemExit, match="lets anyone in"):
        load(CLASSROOM / "trial_config.py")


def test_the_trial_is_for_this_machine_only(tmp_path):
    trial = load(
        CLASSROOM / "trial_config.py",
        CLASSROOM_TRIAL=str(tmp_path),
        CLASSROOM_PORTS="1 2 3",
        CLASSROOM_PROXY="proxy",
    )
    addresses = [
        trial.JupyterHub.bind_url,
        trial.JupyterHub.hub_bind_url,
        trial.ConfigurableHTTPProxy.api_url,
    ]
    assert addresses == [f"http://127.0.0.1:{port}" for port in (1, 2, 3)]
    assert trial.Spawner.ip == "127.0.0.1"
    assert trial.Spawner.cmd == load(CLASSROOM / "jupyterhub_config.py").Spawner.cmd


def test_idle_kernels_and_servers_end():
    settings = load(CLASSROOM / "jupyter_server_config.py")
    assert settings.MappingKernelManager.cull_connected
    assert not settings.MappingKernelManager.cull_busy
    assert settings.MappingKernelManager.cull_idle_timeout >= 3600
    assert settings.ServerApp.shutdown_no_activity_timeout > 0
    assert settings.ServerApp.jpserver_extensions["jupyterlab"]


# -------------------------------------------------------------------------- a student's server


@pytest.fixture
def project(tmp_path):
    for name in ("notebooks/00_start.ipynb", "data/demo.xlsx", "data/README.md", "tools/x.py"):
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
        path.chmod(0o444)
    return tmp_path / "project"


def test_each_student_gets_copies_to_write_in(project, tmp_path):
    new = student_server.hand_out(project, tmp_path / "home")
    names = {"notebooks/00_start.ipynb", "data/demo.xlsx", "data/README.md"}
    folder = tmp_path / "home" / "convolution"
    assert {str(path.relative_to(folder)) for path in new} == names
    assert all(path.stat().st_mode & 0o200 for path in new)
    assert {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()} == names


def test_what_a_student_wrote_stays(project, tmp_path):
    student_server.hand_out(project, tmp_path)
    notebook = tmp_path / "convolution/notebooks/00_start.ipynb"
    notebook.write_text("my work")
    (tmp_path / "convolution/data/demo.xlsx").unlink()
    new = student_server.hand_out(project, tmp_path)
    assert [path.name for path in new] == ["demo.xlsx"]
    assert notebook.read_text() == "my work"


def test_a_stand_in_refuses_to_be_used():
    orm = student_server.StandIn("jupyterhub.orm")
    assert not isinstance("anyone", orm.User)
    with pytest.raises(RuntimeError, match="no database"):
        orm.User("anyone")
    with pytest.raises(AttributeError):
        _ = orm.User.name
    with pytest.raises(AttributeError):
        _ = orm.__file__


def jupyterhub_with(tmp_path, singleuser):
    """Load a made-up JupyterHub lean; return (lean, what it said, the value it computed)."""
    package = tmp_path / "jupyterhub"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "orm.py").write_text("class Missing(Exception): pass\ndef rows(): return 7")
    (package / "singleuser.py").write_text(singleuser)
    script = (
        "import student_server, sys\n"
        "lean = student_server.load_lean()\n"
        "import jupyterhub.singleuser as loaded\n"
        "print(lean, loaded.value)\n"
    )
    path = os.pathsep.join([str(CLASSROOM), str(tmp_path)])
    command = [sys.executable, "-c", script]
    run = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=True
    )
    return run.stdout.split(), run.stderr


def test_a_hub_that_only_names_its_database_is_loaded_lean(tmp_path):
    names_it = "from . import orm\ntry: value = 1\nexcept orm.Missing: pass\nvalue = orm.__name__"
    names_it += "\nassert not hasattr(orm, '__file__')"
    assert jupyterhub_with(tmp_path, names_it) == (["True", "jupyterhub.orm"], "")


def test_a_hub_that_needs_its_database_gets_it(tmp_path):
    result, said = jupyterhub_with(tmp_path, "from . import orm\nvalue = orm.rows()")
    assert result == ["False", "7"]
    assert "not lean" in said


# ------------------------------------------------------------------------------------- messages


def message(kind, content, buffers=(), parent=""):
    header = {"msg_id": "one", "msg_type": kind}
    return messages.Message("iopub", header, {"msg_id": parent}, {}, content, list(buffers))


def test_frames_are_those_of_jupyter_server():
    asked = messages.request("execute_request", {"code": "2 × 3"}, "me")
    channel, parts = deserialize_msg_from_ws_v1(messages.pack(asked))
    assert channel == "shell"
    assert b"execute_request" in parts[0]
    assert parts[1:3] == [b"{}", b"{}"]
    theirs = [b'{"msg_type": "comm_msg"}', b"{}", b"{}", b'{"a": 1}', b"\x89PNG", b""]
    read = messages.unpack(serialize_msg_to_ws_v1(theirs, "iopub"))
    assert (read.channel, read.kind, read.content) == ("iopub", "comm_msg", {"a": 1})
    assert read.buffers == [b"\x89PNG", b""]


def test_the_end_of_an_answer_is_known():
    asked = messages.request("comm_msg", {}, "me")
    done = message("status", {"execution_state": "idle"}, parent=asked.header["msg_id"])
    assert messages.answers(done, asked)
    assert messages.ends(done)
    assert not messages.answers(message("status", {}), asked)
    assert not messages.ends(message("status", {"execution_state": "busy"}))


def slider(**changes):
    state = {"_model_name": "IntSliderModel", "value": 1, "min": 0, "max": 2, "step": 1}
    return state | changes


@pytest.fixture
def widgets():
    """An explorer on screen with a picture and sliders, one off screen, a slider alone."""
    known = messages.Widgets()
    states = {
        "picture": {"_dom_classes": ["explorer-picture"]},
        "row": {"children": ["IPY_MODEL_stride", "IPY_MODEL_off", "IPY_MODEL_stuck"]},
        "stride": slider(),
        "off": slider(disabled=True),
        "stuck": slider(max=0),
        "hidden": slider(),
        "view": {"children": ["IPY_MODEL_picture", "IPY_MODEL_row"]},
        "lonely": slider(),
        "unseen": {"children": ["IPY_MODEL_picture", "IPY_MODEL_hidden"]},
    }
    for name, state in states.items():
        known.read(message("comm_open", {"comm_id": name, "data": {"state": state}}))
    for root in ("view", "lonely"):
        known.read(message("display_data", {"data": {messages.VIEW: {"model_id": root}}}))
    return known


def test_only_sliders_beside_a_picture_are_moved(widgets):
    assert widgets.sliders() == ["stride"]
    widgets.read(message("comm_close", {"comm_id": "stride", "data": {}}))
    assert widgets.sliders() == []


def test_a_slider_turns_round_at_its_ends(widgets):
    values, direction = [], 1
    for _ in range(5):
        value, direction = widgets.moved("stride", direction)
        sent = widgets.set_value("stride", value, "me")
        values.append(sent.content["data"]["state"]["value"])
    assert values == [2, 1, 0, 1, 2]
    assert (sent.channel, sent.content["comm_id"]) == ("shell", "stride")


def test_what_the_kernel_sets_is_known(widgets):
    data = {"method": "update", "state": {"value": 0}}
    widgets.read(message("comm_msg", {"comm_id": "stride", "data": data}))
    assert widgets.moved("stride", -1) == (1, 1)


def test_a_picture_is_recognised(widgets):
    def update(name, paths):
        data = {"method": "update", "state": {}, "buffer_paths": paths}
        return message("comm_msg", {"comm_id": name, "data": data})

    assert widgets.is_picture(update("picture", [["value"]]))
    assert not widgets.is_picture(update("picture", []))
    assert not widgets.is_picture(update("row", [["value"]]))
    assert not widgets.is_picture(message("status", {"execution_state": "idle"}))


# --------------------------------------------------------------------------------------- report


@pytest.mark.parametrize("percent", [1, 50, 95, 100])
def test_percentiles_are_those_of_numpy(percent):
    for count in (1, 2, 19, 20, 21, 300):
        values = np.random.default_rng(count).normal(size=count)
        expected = np.percentile(values, percent, method="inverted_cdf")
        assert report.percentile(values, percent) == expected


def test_percentiles_of_nothing():
    assert math.isnan(report.percentile([], 50))
    with pytest.raises(ValueError, match="percent is 0"):
        report.percentile([1], 0)


def visit(name, **changes):
    known = {
        "start": 2.0,
        "ready": 1.0,
        "run": 4.0,
        "moves": [0.01, 0.03],
        "server": Memory(mapped=90 * MIB, share=70 * MIB),
        "kernel": Memory(mapped=150 * MIB, share=100 * MIB),
        "computing": 3.0,
        "moving": 0.02,
    }
    return Visit(name, **(known | changes))


def test_the_report_says_what_was_measured():
    visits = [visit("one"), visit("two", start=6.0, moves=[0.02, 0.04])]
    rows = dict(report.measured(visits))
    assert list(rows.values()) == [
        "2.0 s, 6.0 s",
        "1.0 s, 1.0 s",
        "4.0 s, 4.0 s",
        "20 ms, 40 ms",
        "170 MiB, 240 MiB",
        "70 MiB, 90 MiB",
        "100 MiB, 150 MiB",
        "0",
    ]
    assert "slider to new picture, 4 moves: p50, p95" in rows


def test_the_arithmetic_can_be_checked_with_a_pencil():
    memory, beginning, after = report.arithmetic([visit("one")], Memory(share=100 * MIB), 200)
    assert "100 MiB for hub and proxy + 200 × 170 MiB = 33.3 GiB" in memory
    assert "200 × 3.0 s of computing in 5 minutes = 2.0 cores" in beginning
    assert "20 of them" in after
    assert "10 ms of computing a move = 0.8 cores" in after


def test_an_error_is_reported_and_fails():
    good, bad = visit("one"), visit("two", errors=["NameError: x"])
    assert report.verdict([good]) == 0
    assert report.verdict([good, bad]) == 1
    assert report.verdict([good, visit("three", run=None)]) == 1
    text = report.text([good, bad], Memory(), "00.ipynb")
    assert "two: NameError: x" in text
    assert "| errors | 1 |" in text
    assert "Errors" not in report.text([good], Memory(), "00.ipynb")


def test_nobody_arriving_is_reported_too():
    text = report.text([Visit("one", errors=["no hub"])], Memory(), "00.ipynb")
    assert "one: no hub" in text


# ----------------------------------------------------------------------------------- everything


def of_this_trial(folder):
    """Processes that were started with `folder` as the place for temporary files."""
    for process in psutil.process_iter():
        try:
            if process.environ().get("TMPDIR") == str(folder):
                yield process
        except psutil.Error:
            continue


def nothing_is_left(folder):
    return not list(folder.iterdir()) and not list(of_this_trial(folder))


def class_of(tmp_path, *options):
    """The command that `make classroom` runs, started."""
    python = str(ROOT / ".venv-classroom/bin/python")
    return subprocess.Popen(
        [python, "-m", "classroom.students", *options],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stderr=subprocess.PIPE,
        text=True,
    )


REFUSED = (
    ("--students", "0", "0 is not from 1 to 200"),
    ("--students", "-1", "-1 is not from 1 to 200"),
    ("--students", "abc", "abc is not from 1 to 200"),
    ("--stagger", "nan", "nan is not from 0 to 60"),
    ("--notebook", "0", "no notebook 0"),
)


def test_students_of_all_kinds(tmp_path):
    """One test, because what it needs is set up only once."""
    if not shutil.which("npm"):
        pytest.skip("npm is missing: no proxy for JupyterHub (apt-get install npm)")
    two_students_at_once(tmp_path)
    for asked, given, answer in REFUSED:
        refused = class_of(tmp_path, asked, given)
        assert answer in refused.communicate()[1]
        assert refused.returncode == 2
    stopped_by_hand(tmp_path)
    without_its_proxy(tmp_path)


def two_students_at_once(tmp_path):
    outer = {"MAKEFLAGS", "MFLAGS", "MAKELEVEL"}  # of the make that runs these tests
    env = {name: value for name, value in os.environ.items() if name not in outer}
    flags = "--moves 6 --pause 0 --notebook 00_start_here.ipynb"
    run = subprocess.run(
        ["make", "classroom", "STUDENTS=2", f"CLASSROOM_FLAGS={flags}"],
        cwd=ROOT,
        env=env | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=SETTING_UP,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    rows = dict(re.findall(r"^\| (.+?) \| (.+?) \|$", run.stdout, re.MULTILINE))
    assert rows["errors"] == "0"
    assert "slider to new picture, 12 moves: p50, p95" in rows
    share, mapped = map(int, re.findall(r"\d+", rows["of that the server"]))
    assert 30 < share < mapped < LEAN
    assert "nan" not in run.stdout
    assert nothing_is_left(tmp_path)


def stopped_by_hand(tmp_path):
    """Ctrl-C while servers are starting."""
    running = class_of(tmp_path, "--students", "2")
    assert "log in" in running.stderr.readline()
    assert not nothing_is_left(tmp_path)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=60)
    assert running.returncode == 130
    assert nothing_is_left(tmp_path)


def without_its_proxy(tmp_path):
    """The same environment, in which nothing came from npm."""
    script = "import sys; sys.prefix = '/nowhere'; from classroom.students import main; main()"
    python = str(ROOT / ".venv-classroom/bin/python")
    refused = subprocess.run(
        [python, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert refused.returncode == 1
    assert refused.stderr.startswith("JupyterHub's proxy is missing: /nowhere/node_modules")
