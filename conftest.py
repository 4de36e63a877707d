"""What holds for every check, the notebooks included: in CI nothing may be skipped."""

from collections.abc import Iterator

import pytest

from tools.check import in_ci


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure where every test has to run; xfail stays as it is."""
    if report.skipped and in_ci() and not hasattr(report, "wasxfail"):
        reason = report.longrepr[-1] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"Skipped, but in CI every test has to run. {reason}"


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
