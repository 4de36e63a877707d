"""A hub for a course: its configuration, the students' servers, and the simulated students."""

import os
import re
import signal
import subprocess
import sys
import types
from pathlib import Path

import psutil
import pytest
import yaml
from traitlets.config import PyFileConfigLoader

from classroom import student_server

ROOT = Path(__file__).parent.parent
CLASSROOM = ROOT / "classroom"
TRIAL = {
    "CLASSROOM_TRIAL": "/nowhere",
    "CLASSROOM_PORTS": "1 2 3",
    "CLASSROOM_PROXY": "proxy",
    "CLASSROOM_PASSWORD": "secret",
}


def load(path, **env):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in env.items():
            patch.setenv(name, value)
        return PyFileConfigLoader(path.name, path=str(path.parent)).load_config()


def run(*command, **env):
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | env, capture_output=True, text=True, check=False
    )


# -------------------------------------------------------------------------------- configuration


def test_the_hub_starts_what_is_there_and_who_may_log_in_is_left_open(tmp_path):
    """Loaded as a copy among the files of another hub, as The Littlest JupyterHub does."""
    (tmp_path / "jupyterhub_config.py").write_text(
        "c = get_config()\n"
        "c.JupyterHub.authenticator_class = c.JupyterHub.spawner_class = 'theirs'\n"
        f"load_subconfig({str(tmp_path / 'course.py')!r})\n"
    )
    (tmp_path / "course.py").write_bytes((CLASSROOM / "jupyterhub_config.py").read_bytes())
    merged = load(tmp_path / "jupyterhub_config.py")
    assert merged.JupyterHub.authenticator_class == merged.JupyterHub.spawner_class == "theirs"
    assert merged.Spawner.mem_limit == "1G"
    assert merged.Spawner.cmd[1] == "/opt/convolution/classroom/student_server.py"
    here = load(CLASSROOM / "jupyterhub_config.py")
    assert set(here) == {"JupyterHub", "Spawner"}
    assert Path(here.Spawner.cmd[1]) == CLASSROOM / "student_server.py"
    page = here.Spawner.default_url.removeprefix(f"/lab/tree/{student_server.COPY}/")
    assert (ROOT / page).is_file()


def test_kubernetes_gets_the_same():
    text = (CLASSROOM / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    values = yaml.safe_load(block)
    pod, course = values["singleuser"], load(CLASSROOM / "jupyterhub_config.py")
    wanted = course.Spawner
    assert pod["cmd"] == ["python3", "/opt/convolution/classroom/student_server.py"]
    assert pod["defaultUrl"] == wanted.default_url
    assert pod["memory"] == {"guarantee": wanted.mem_guarantee, "limit": wanted.mem_limit}
    assert pod["cpu"] == {"guarantee": wanted.cpu_guarantee, "limit": wanted.cpu_limit}
    assert pod["startTimeout"] == wanted.start_timeout
    assert values["hub"]["concurrentSpawnLimit"] == course.JupyterHub.concurrent_spawn_limit


def test_the_trial_is_for_this_machine_and_behind_a_password():
    trial = load(CLASSROOM / "trial_config.py", **TRIAL)
    addresses = [
        trial.JupyterHub.bind_url,
        trial.JupyterHub.hub_bind_url,
        trial.ConfigurableHTTPProxy.api_url,
    ]
    assert addresses == [f"http://127.0.0.1:{port}" for port in (1, 2, 3)]
    assert trial.Spawner.ip == "127.0.0.1"
    assert trial.DummyAuthenticator.password == "secret"
    with pytest.raises(KeyError):
        load(CLASSROOM / "trial_config.py", **{"CLASSROOM_TRIAL": "/nowhere"})


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
        path.write_text(f"first {name}")
    (tmp_path / "project/data/README.md").chmod(0o444)
    return tmp_path / "project"


def contents(home):
    folder = home / student_server.COPY
    files = [p for p in folder.rglob("*") if p.is_file() and p.name != student_server.EDITION]
    assert all(path.stat().st_mode & 0o200 for path in files)
    return {path.relative_to(folder).as_posix(): path.read_text() for path in files}


def test_each_student_gets_copies_to_write_in(project, tmp_path):
    names = ("notebooks/00_start.ipynb", "data/demo.xlsx", "data/README.md")
    assert len(student_server.hand_out(project, tmp_path)) == 3
    assert contents(tmp_path) == {name: f"first {name}" for name in names}
    (tmp_path / student_server.COPY / names[0]).write_text("my work")
    assert student_server.hand_out(project, tmp_path) == []


def test_a_new_edition_arrives_and_nothing_of_a_student_is_lost(project, tmp_path):
    student_server.hand_out(project, tmp_path)
    home = tmp_path / student_server.COPY
    (home / "notebooks/00_start.ipynb").write_text("my work")
    (home / "data/README.md").unlink()
    for edition in ("second", "third"):
        for name in ("notebooks/00_start.ipynb", "data/demo.xlsx"):
            (project / name).write_text(edition)
        student_server.hand_out(project, tmp_path)
        assert student_server.hand_out(project, tmp_path) == []
        assert contents(tmp_path) == {
            "notebooks/00_start.ipynb": "my work",
            "notebooks/00_start.new.ipynb": edition,
            "data/demo.xlsx": edition,
            "data/README.md": "first data/README.md",
        }


def test_a_student_from_before_the_record_keeps_everything(project, tmp_path):
    """Nothing says what was handed out to them: all their files may hold their work."""
    student_server.hand_out(project, tmp_path)
    (tmp_path / student_server.COPY / student_server.EDITION).unlink()
    (project / "data/demo.xlsx").write_text("second")
    student_server.hand_out(project, tmp_path)
    assert contents(tmp_path)["data/demo.xlsx"] == "first data/demo.xlsx"
    assert contents(tmp_path)["data/demo.new.xlsx"] == "second"


def test_the_new_edition_beside_is_a_students_too(project, tmp_path):
    student_server.hand_out(project, tmp_path)
    home = tmp_path / student_server.COPY / "notebooks"
    (home / "00_start.ipynb").write_text("my work")
    (project / "notebooks/00_start.ipynb").write_text("second")
    student_server.hand_out(project, tmp_path)
    (home / "00_start.new.ipynb").write_text("my second work")
    (project / "notebooks/00_start.ipynb").write_text("third")
    student_server.hand_out(project, tmp_path)
    texts = {path.read_text() for path in home.iterdir() if path.suffix == ".ipynb"}
    assert texts == {"my work", "my second work", "third"}


def test_a_server_starts_with_the_settings_and_one_thread(monkeypatch, tmp_path):
    started = []
    hub = types.SimpleNamespace(main=lambda: started.append(dict(os.environ)))
    monkeypatch.setitem(sys.modules, "jupyterhub", types.ModuleType("jupyterhub"))
    monkeypatch.setitem(sys.modules, "jupyterhub.singleuser", hub)
    for name in ("JUPYTER_CONFIG_PATH", *student_server.ONE_THREAD):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setattr(student_server.Path, "home", lambda: tmp_path)
    student_server.main()
    (environment,) = started
    folders = environment["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert folders == [str(CLASSROOM), str(ROOT / "settings")]
    assert environment["OMP_NUM_THREADS"] == "1"
    copies = tmp_path / student_server.COPY / "notebooks"
    assert len(list(copies.iterdir())) == len(list((ROOT / "notebooks").glob("*.ipynb")))


# ----------------------------------------------------------------------------------- everything


@pytest.mark.weekly
def test_students_use_a_hub(tmp_path):
    """Also under `make test-weekly`, whose own flags are not for the make in here."""
    outer = {"MAKEFLAGS": "", "MFLAGS": "", "MAKELEVEL": "", "TMPDIR": str(tmp_path)}
    flags = "--moves 6 --notebook 00_start_here.ipynb"
    done = run("make", "classroom", "STUDENTS=2", f"CLASSROOM_FLAGS={flags}", **outer)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = dict(re.findall(r"^\| (.+?) \| (.+?) \|$", done.stdout, re.MULTILINE))
    assert rows["errors"] == "0"
    assert "slider to new picture, 12 moves: p50, p95" in rows
    assert "nan" not in done.stdout
    assert list(tmp_path.iterdir()) == []
    python = str(ROOT / ".venv-classroom/bin/python")
    command = [python, "-m", "classroom.load", "--students", "2"]
    env = os.environ | {"TMPDIR": str(tmp_path)}
    stopped = subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True)
    assert "log in" in stopped.stderr.readline()
    servers = psutil.Process(stopped.pid).children(recursive=True)
    assert servers
    stopped.send_signal(signal.SIGINT)  # Ctrl-C while servers are starting
    stopped.communicate(timeout=60)
    assert stopped.returncode == 130
    assert not [each for each in servers if each.is_running()]
    assert list(tmp_path.iterdir()) == []
    refused = run(python, "-m", "classroom.load", "--students", "0")
    assert "--students 0 is not from 1 to 200" in refused.stderr
    assert refused.returncode == 2
