"""What is done with the project: `nox -l` lists it."""

from __future__ import annotations

import pathlib
import shutil
import sys

import nox

nox.options.sessions = ["tests", "checks"]
nox.options.error_on_missing_interpreters = False

TEST_NEEDS = ["pytest>=7.4", "pytest-timeout", "numpy", "PyYAML", "requests-mock", "responses"]
# the extras pandas, parquet and plot; tests of them are skipped where they are missing
TABLE_NEEDS = ["pandas>=2.0", "pyarrow>=14", "matplotlib>=3.5"]
# with these no test is skipped: everything that is optional, and a server that plays S3
ALL = ".[master,s3,azure,profiler,re2]"
NOTEBOOK_NEEDS = ["nbclient", "nbconvert", "nbformat", "ipykernel"]
ALL_NEEDS = [*TEST_NEEDS, *TABLE_NEEDS, *NOTEBOOK_NEEDS, "moto[s3,server]>=5.0", "mypy>=1.11"]
CHECK_NEEDS = [
    "mypy>=1.11", "ruff>=0.6", "import-linter>=2.0", "types-requests", "types-PyYAML", "types-python-dateutil", "nox",
    "basedpyright>=1.20",
]  # fmt: skip


@nox.session
def demo(session: nox.Session) -> None:
    """The main job: a search on an embedded master, from creation to a registered model."""
    session.install(".[master]", "numpy")
    data = pathlib.Path(session.create_tmp()) / "determined-data"
    # trials run with the interpreter the master runs with: the one of this session
    session.run("python", "examples/digits/demo.py", env={"DIGITS_DATA": str(data)})


@nox.session
def tests(session: nox.Session) -> None:
    """All tests on the interpreter that runs nox, but for those of `torch`, `interop` and `fuzz`."""
    session.install("-e", ALL, *ALL_NEEDS)
    session.run("pytest", "--timeout=240", *session.posargs)


@nox.session
def torch(session: nox.Session) -> None:
    """PyTorch trials, alone and in several processes; installs torch, for the CPU where the index has such builds."""
    session.install("-e", ".[master]", *TEST_NEEDS, "torch>=2.6", "tensorboard", "transformers>=4.44", "accelerate")
    files = ["tests/unit/pytorch", *(f"tests/e2e/test_{name}.py" for name in ("torch", "pytorch", "transformers"))]
    session.run("pytest", "--timeout=240", *files, *session.posargs)


@nox.session(python=["3.9", "3.10", "3.11", "3.12", "3.13"])
def versions(session: nox.Session) -> None:
    """Unit tests on every supported Python that is installed, with the newest dependencies."""
    session.install("-e", ".[master]", *TEST_NEEDS)
    session.run("pytest", "--timeout=240", "tests/unit", "tests/contract", *session.posargs)


@nox.session(python="3.9")
def lowest(session: nox.Session) -> None:
    """Unit tests with the lowest version of every dependency that is allowed."""
    project = nox.project.load_toml("pyproject.toml")["project"]
    floors = [*project["dependencies"], *project["optional-dependencies"]["master"]]
    session.install("-e", ".[master]", *TEST_NEEDS, *(floor.replace(">=", "==") for floor in floors))
    session.run("pytest", "--timeout=240", "tests/unit", "tests/contract", *session.posargs)


@nox.session
def checks(session: nox.Session) -> None:
    """Lint, formatting, types, layers."""
    session.install("-e", ".[master]", *TEST_NEEDS, *CHECK_NEEDS)
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")
    session.run("basedpyright", "--project", "tests/typing/pyrightconfig.json")
    session.run("lint-imports")


@nox.session
def notebook(session: nox.Session) -> None:
    """Run a notebook with every table, plot, bar and error, and take pictures of it; those need Chromium."""
    session.install("-e", ".[master,pandas,plot]", "nbclient", "nbconvert", "ipykernel", "pillow")
    out = pathlib.Path(session.posargs[0] if session.posargs else pathlib.Path(session.create_tmp()) / "notebook")
    session.run("python", "tests/notebook/render.py", str(out.absolute()))


@nox.session
def conformance(session: nox.Session) -> None:
    """What was recorded, told again: scenes to the embedded master, the tour of the SDK, the costs of its calls."""
    session.install("-e", ".[master]", *TEST_NEEDS)
    judges = ["tests/conformance", "tests/tour", "tests/contract/test_surface.py", "tests/sdk/test_request_counts.py"]
    session.run("pytest", "--timeout=240", *(session.posargs or judges))


@nox.session
def interop(session: nox.Session) -> None:
    """The released client, as it is, with the embedded master; its tour of the SDK among other things."""
    session.install("-e", ".[master]", *TEST_NEEDS)
    released = pathlib.Path(session.create_tmp()).absolute() / "released"
    python = released / "bin" / "python"
    if not python.exists():
        session.run("python", "-m", "venv", str(released))
    session.run(str(python), "-m", "pip", "install", "-q", "determined==0.38.1", "requests-mock", external=True)
    session.run("pytest", "tests/interop", *session.posargs, env={"DET_RELEASED_PYTHON": str(python)})


@nox.session
def browser(session: nox.Session) -> None:
    """Pages of strangers in a real browser, beside a master; needs Chromium."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for path in map(shutil.which, names) if path), None)
    if found is None:
        session.skip("there is no Chromium")
    session.install("-e", ".[master]", *TEST_NEEDS)
    session.run("pytest", "--timeout=240", "tests/browser", *session.posargs, env={"DET_TEST_BROWSER": str(found)})


@nox.session
def fuzz(session: nox.Session) -> None:
    """Requests and configurations that are made up from the API's description."""
    session.install("-e", ".[master]", *TEST_NEEDS, "hypothesis>=6.100", "schemathesis>=4.0")
    session.run("pytest", "--timeout=600", "tests/fuzz", *session.posargs)


if __name__ == "__main__":
    sys.exit("run it with nox")
