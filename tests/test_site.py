"""The site below its book: what is in it, that it opens with no network, that notebooks run in it.

Running the notebooks needs a Pyodide distribution, which nobody has by chance: name its folder in
PYODIDE_DISTRIBUTION. Without it those tests do not exist, and tools/check.py says so.
"""

import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import nbformat
import pytest
from packaging.requirements import Requirement

from tests.browsing import EXPLORER, SCREEN, Live, move_by_keyboard, needs_chromium
from tools import site as site_tool
from tools.book import read
from tools.lab import IDLE, PATIENCE, ROOT, served
from tools.refresh import normalise
from tools.site import BUILDER, FOR_PYTHON, FOR_THE_PAGE, LITE, PYODIDE, WHEELS, build, make_live

NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
CDN = f"https://cdn.jsdelivr.net/pyodide/v{PYODIDE}/full/"
DISTRIBUTION = os.environ.get("PYODIDE_DISTRIBUTION")
NOTEBOOK = "jupyterapp.shell.currentWidget.content"
KERNEL_START = 180  # seconds for Python and its packages to arrive and start
EACH_NOTEBOOK = 600

pytestmark = pytest.mark.skipif(
    not WHEELS.is_dir(), reason=f"No {BUILDER}: `make test` installs it."
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The live notebooks as they are published: browsers load Pyodide from its public address."""
    folder = tmp_path_factory.mktemp("site")
    make_live(folder / "stage", folder / "site" / "live")
    return folder / "site" / "live"


@pytest.fixture
def page(browser):
    """A page with an empty cache, and what it asked for outside."""
    context = browser.new_context(viewport=SCREEN)
    page = context.new_page()
    page.outside, page.errors = [], []
    own = ("http://127.0.0.1:", "data:", "blob:")
    context.on("request", lambda r: None if r.url.startswith(own) else page.outside.append(r.url))
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    yield page
    context.close()


def configuration(folder):
    return json.loads((folder / "jupyter-lite.json").read_text())["jupyter-config-data"]


# ------------------------------------------------------------------------------ what is in it


def test_it_has_every_notebook_and_all_data_unchanged(site):
    for name in ("notebooks", "data"):
        listed = json.loads((site / "api/contents" / name / "all.json").read_text())["content"]
        assert sorted(item["name"] for item in listed) == sorted(
            path.name for path in (ROOT / name).iterdir() if not path.name.startswith(".")
        )
        for item in listed:
            copied = site / "files" / name / item["name"]
            assert copied.read_bytes() == (ROOT / name / item["name"]).read_bytes()


def test_the_kernel_starts_with_everything_that_the_helpers_need(site):
    settings = configuration(site)["litePluginSettings"][KERNEL]
    assert settings["pyodideUrl"] == f"{CDN}pyodide.js"
    static = site / "extensions" / KERNEL.partition(":")[0] / "static"
    names, carried = set(), set()
    for package in settings["loadPyodideOptions"]["packages"]:
        if package.endswith(".whl"):
            assert (static / package).resolve().parent == (site / "pypi").resolve()
            assert (static / package).is_file()
            assert package.endswith("-none-any.whl"), "the browser runs no compiled code of ours"
            package = Path(package).name.partition("-")[0].replace("_", "-")
            carried.add(package)
        names.add(package)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    required = {re.match(r"[\w-]+", line).group() for line in project["dependencies"]}
    assert names >= required | {project["name"], "comm", "ipython"}
    assert carried == {*FOR_PYTHON, project["name"]}


def test_what_the_site_carries_is_recent_enough():
    lines = (ROOT / "tools/site_wheels.txt").read_text().splitlines()
    carried = dict(line.split("==") for line in lines if line[0] != "#")
    assert {name.replace("-", "_") for name in carried} == {*FOR_PYTHON, *FOR_THE_PAGE}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for one in map(Requirement, project["dependencies"]):
        if one.name in carried:
            assert one.specifier.contains(carried[one.name])
        else:
            assert f'"{one.name}"' in LITE.read_text()


def test_the_helpers_work_from_their_wheel_alone(site, tmp_path):
    """As in the browser: the wheel is all there is of this folder, photographs and metadata too."""
    (wheel,) = (site / "pypi").glob("convolution_notebooks-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    script = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
from importlib.metadata import distribution
from pathlib import Path
from helpers import explorers, samples
assert Path(samples.__file__).is_relative_to({str(tmp_path)!r}), samples.__file__
assert len(samples.PHOTOGRAPHS) == 5
for name in samples.PHOTOGRAPHS:
    assert samples.sample(name).size
assert Path(distribution("convolution-notebooks")._path).is_relative_to({str(tmp_path)!r})
assert "scipy" in " ".join(distribution("convolution-notebooks").requires)
"""
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")


def test_a_kernel_keeps_the_note_about_fonts_to_itself(site):
    (wheel,) = (site / "pypi").glob("convolution_notebooks-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (startup,) = (name for name in archive.namelist() if "/etc/ipython/startup/" in name)
        assert archive.read(startup) == (ROOT / "settings/ipython_startup.py").read_bytes()


def test_it_looks_like_the_jupyterlab_of_this_project(site):
    wanted = json.loads((ROOT / "settings/labconfig/default_setting_overrides.json").read_text())
    overrides = configuration(site)["settingsOverrides"]
    assert {plugin: overrides[plugin] for plugin in wanted} == wanted
    extensions = {extension["name"] for extension in configuration(site)["federated_extensions"]}
    assert extensions == {
        "@jupyter-widgets/jupyterlab-manager",
        "@jupyterlite/pyodide-kernel-extension",
        "anywidget",
    }


def test_the_readme_names_the_version_of_pyodide():
    readme = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    lines = "\n".join(line for line in readme if "pyodide" in line.lower())
    assert set(re.findall(r"\d+\.\d+\.\d+", lines)) == {PYODIDE}


# ------------------------------------------------------------------- what is refused, and how


def test_another_distribution_of_pyodide_is_refused(tmp_path, capsys):
    for text, complaint in (
        ("", "not a Pyodide distribution"),
        ('{"info": {"version": "0.1.2"}}', f"is Pyodide 0.1.2, this site needs {PYODIDE}"),
    ):
        if text:
            (tmp_path / "pyodide-lock.json").write_text(text)
        assert site_tool.main([str(tmp_path / "site"), "--pyodide", str(tmp_path)]) == 1
        assert complaint in capsys.readouterr().err


@pytest.mark.weekly
def test_a_distribution_of_pyodide_becomes_part_of_the_site(tmp_path):
    distribution, live = tmp_path / "pyodide", tmp_path / "site/live"
    distribution.mkdir()
    lock = {"info": {"version": PYODIDE}}
    (distribution / "pyodide-lock.json").write_text(json.dumps(lock))
    (distribution / "pyodide.js").write_text("// Python")
    build(live.parent, distribution, [])
    settings = configuration(live)["litePluginSettings"][KERNEL]
    assert (live / settings["pyodideUrl"]).read_text() == "// Python"


def test_a_folder_with_other_files_is_not_replaced(tmp_path):
    (tmp_path / "thesis.txt").write_text("three years of work")
    with pytest.raises(ValueError, match="in the way"):
        build(tmp_path)
    assert (tmp_path / "thesis.txt").exists()


# ------------------------------------------------------------------------------ in the browser


@needs_chromium
@pytest.mark.parametrize("app", ["lab", pytest.param("notebooks", marks=pytest.mark.weekly)])
def test_a_notebook_opens_and_asks_only_for_pyodide(app, page, site):
    with (
        served(site.parent) as address,  # not at the root, as on GitHub
        page.expect_request(f"{CDN}**", timeout=PATIENCE * 1000),  # of the kernel that starts
    ):
        page.goto(f"{address}/{site.name}/{app}/index.html?path=notebooks/{NOTEBOOKS[1]}")
        page.wait_for_selector(".jp-Notebook h1", timeout=PATIENCE * 1000)
        assert page.locator(".jp-Notebook h1").first.text_content().startswith("01")
        page.wait_for_function("() => navigator.serviceWorker.controller")
    assert [url for url in page.outside if not url.startswith(CDN)] == []


def texts(notebook):
    """What the code cells of a notebook say: all that the notebook checks compare."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            yield [
                {
                    "of": [output.get(key) for key in ("name", "text", "ename")],
                    **{k: v for k, v in output.get("data", {}).items() if k != "image/png"},
                }
                for output in cell.outputs
            ]


def run_and_read(page, address, name):
    """Open a notebook in the site, run all of it, and return it as it then is."""
    page.goto(f"{address}/lab/index.html?path=notebooks/{name}")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=PATIENCE * 1000)
    page.wait_for_function(IDLE, timeout=KERNEL_START * 1000)
    page.set_default_timeout(EACH_NOTEBOOK * 1000)
    page.evaluate("() => jupyterapp.commands.execute('notebook:run-all-cells')")
    notebook = nbformat.from_dict(page.evaluate(f"() => {NOTEBOOK}.model.toJSON()"))
    normalise(notebook)
    return notebook


def move_a_slider(page):
    """Move the first slider of the first explorer that has one, and see its picture change."""
    page.evaluate(f"() => {{ {NOTEBOOK}.activeCellIndex = 0; }}")
    explorer = Live(page.locator(EXPLORER, has=page.locator(".noUi-handle:visible")).first)
    move_by_keyboard(explorer, explorer.handles.first)


if DISTRIBUTION:

    @pytest.fixture(scope="module")
    def whole_site(tmp_path_factory):
        """The site with Pyodide in it, and with the page's JupyterLab within reach."""
        folder = tmp_path_factory.mktemp("whole") / "site"
        build(folder, Path(DISTRIBUTION), [])
        folder = folder / "live"
        file = folder / "jupyter-lite.json"
        settings = json.loads(file.read_text())
        settings["jupyter-config-data"]["exposeAppInBrowser"] = "true"
        file.write_text(json.dumps(settings))
        with served(folder.parent) as address:
            yield f"{address}/{folder.name}"

    @needs_chromium
    @pytest.mark.weekly
    @pytest.mark.parametrize("name", NOTEBOOKS)
    def test_a_notebook_runs_without_a_network_and_says_what_is_stored(name, page, whole_site):
        notebook = run_and_read(page, whole_site, name)
        assert list(texts(notebook)) == list(texts(read(ROOT / "notebooks" / name)))
        if page.locator(".convolution-explorer .noUi-handle:visible").count():
            move_a_slider(page)
        assert page.outside == []
        assert page.errors == []
