"""What holds for every check, the notebooks included: in CI nothing may be skipped."""

import os
from collections.abc import Iterator

import pytest

from tools import guard
from tools.check import in_ci


def pytest_configure(config: pytest.Config) -> None:
    """Run notebooks without a network."""
    if config.getoption("nbval", default=False):
        guard.put_up(os.environ)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail if a notebook has tried to reach the network, also if it has hidden the error."""
    if guard.refused(os.environ) and not session.exitstatus:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what the notebooks were not allowed to reach."""
    for line in guard.refused(os.environ):
        terminalreporter.line(f"FAILED: {line}", red=True)


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure where every test has to run; xfail stays as it is."""
    if report.skipped and in_ci() and not hasattr(report, "wasxfail"):
        reason = report.longrepr[-1] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"Skipped, but in CI every test has to run. {reason}"


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave no list behind; workers leave that to the process that started them."""
    if not hasattr(config, "workerinput"):
        guard.take_down(os.environ)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """Look at the report of each test."""
    report = yield
    _fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    """Look at the report of each file: `pytest.importorskip` skips a whole one."""
    report = yield
    _fail_if_skipped(report)
    return report
