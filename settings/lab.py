"""How this project starts JupyterLab: `jupyter lab --config settings/lab.py`.

It changes that one server, and neither the environment nor the reader's own settings.
"""

import json
import os
from pathlib import Path

HERE = Path(__file__).resolve().parent
known = os.environ.get("JUPYTER_CONFIG_PATH", "").split(os.pathsep)

c = get_config()  # noqa: F821 (Jupyter defines it)
c.ServerApp.root_dir = str(HERE.parent)
c.LabApp.default_url = "/lab/tree/notebooks/00_start_here.ipynb"

# JupyterLab looks for labconfig/ there, and nbconvert for its configuration when it is started in a
# terminal; "Save and Export Notebook As" gets the same from the server.
os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join([str(HERE), *filter(None, known)])
exports = json.loads((HERE / "jupyter_nbconvert_config.json").read_text(encoding="utf-8"))
c.NbConvertBase.update(exports["NbConvertBase"])
