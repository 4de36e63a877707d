"""The notebooks on a JupyterHub, and a class of simulated students that tries it out."""
