"""The course's hub on this machine alone, for `classroom.load`: NEVER for real students.

All students share one password, made anew for each trial, and are the same user of the system.
"""

import os
from pathlib import Path

HERE = Path(__file__).resolve().parent
THIS_MACHINE = "127.0.0.1"
folder = Path(os.environ["CLASSROOM_TRIAL"])
port, hub_port, proxy_port = os.environ["CLASSROOM_PORTS"].split()

load_subconfig(str(HERE / "jupyterhub_config.py"))  # noqa: F821 (JupyterHub defines it)
c = get_config()  # noqa: F821

c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = os.environ["CLASSROOM_PASSWORD"]
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = str(folder / "homes" / "{username}")
c.Spawner.ip = THIS_MACHINE
if os.geteuid() == 0:  # as in many containers; Jupyter refuses by default
    c.Spawner.args = ["--allow-root"]

c.JupyterHub.bind_url = f"http://{THIS_MACHINE}:{port}"
c.JupyterHub.hub_bind_url = f"http://{THIS_MACHINE}:{hub_port}"
c.ConfigurableHTTPProxy.api_url = f"http://{THIS_MACHINE}:{proxy_port}"
c.ConfigurableHTTPProxy.command = os.environ["CLASSROOM_PROXY"]
c.JupyterHub.db_url = "sqlite://"  # in memory
c.JupyterHub.cookie_secret_file = str(folder / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(folder / "proxy.pid")
c.JupyterHub.cleanup_servers = True
