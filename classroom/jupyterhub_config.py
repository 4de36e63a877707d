"""A hub for this course: what each student gets, on whatever machines.

Load it from the configuration of your hub (README.md beside this file says where). It leaves open
who may log in and how servers are started, because that is what differs between hubs.
"""

from pathlib import Path

# Where the project lies for the students, readable by all and writable by none of them.
HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent if (HERE / "student_server.py").exists() else Path("/opt/convolution")

c = get_config()  # noqa: F821 (JupyterHub defines it)

# python3 of the students' environment: the first on the PATH that the spawner gives them.
c.Spawner.cmd = ["python3", str(PROJECT / "classroom" / "student_server.py")]
c.Spawner.default_url = "/lab/tree/convolution/notebooks/00_start_here.ipynb"

# One notebook is guaranteed; the limit is enough for five at once, and too little to harm the
# neighbours. Spawners for systemd, containers and Kubernetes keep these; plain processes do not.
c.Spawner.mem_guarantee = "384M"
c.Spawner.mem_limit = "1G"
c.Spawner.cpu_guarantee = 0.05
c.Spawner.cpu_limit = 2

# When a lecture begins, everyone comes at once, and each waits for those before.
c.JupyterHub.concurrent_spawn_limit = 64
c.Spawner.start_timeout = 180  # seconds
c.Spawner.http_timeout = 180
