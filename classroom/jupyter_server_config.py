"""What the server of each student does, and what it leaves out; `student_server.py` points here."""

HOUR = 3600  # seconds

c = get_config()  # noqa: F821 (Jupyter defines it)

# No language server, no terminals, no second front end: nothing in the course uses them.
c.ServerApp.jpserver_extensions = {
    "jupyter_lsp": False,
    "jupyter_server_terminals": False,
    "notebook_shim": False,
    "jupyterlab": True,
}
c.ServerApp.terminals_enabled = False

# A kernel that nobody used for two hours ends, also behind an open tab; an hour later its server
# does. Files stay. The next visit starts both again.
c.MappingKernelManager.cull_idle_timeout = 2 * HOUR
c.MappingKernelManager.cull_interval = 300
c.MappingKernelManager.cull_connected = True
c.MappingKernelManager.cull_busy = False
c.ServerApp.shutdown_no_activity_timeout = HOUR

# Seconds: a hundred kernels that start together take their time.
c.MappingKernelManager.kernel_info_timeout = 180
