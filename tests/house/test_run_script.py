"""``./run`` prepares its environment by itself, survives what goes wrong on the way, and hands over without getting in the way.

The script is tried as it is, in a folder with a space and Chinese characters, with a small program and small wheels in place of ours.
"""

import base64
import hashlib
import os
import re
import shutil
import stat
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON = Path(sys.executable).resolve()
BEGUN = "正在按"

PROGRAM = """
import os, sys, kit
print(kit.NAME, sys.argv[1:], os.getpid(), os.getcwd(), sys.flags.utf8_mode, sep="|")
sys.exit(int(os.environ.get("EXIT_WITH", "0")))
"""
KIT = {"kit.py": "NAME = '工具'\n"}
ECHO = "import os, sys\nprint('{0}', sys.argv[1:], os.getcwd(), sep='|', flush=True)\nsys.exit('{0}' in os.environ.get('FAILING', ''))\n"


@dataclass
class Project:
    """A folder with the real script, and the environment its user has."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)

    def start(self, *arguments: str, cwd: Path | None = None, **extra: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["/bin/sh", str(self.root / "run"), *arguments],
            cwd=cwd or self.root.parent,
            env=self.environment | extra,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def run(self, *arguments: str, cwd: Path | None = None, **extra: str) -> tuple[int, str, str]:
        """Run to the end; return exit code, stdout and stderr."""
        process = self.start(*arguments, cwd=cwd, **extra)
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err

    def put(self, name: str, text: str) -> Path:
        """Write an executable shell script into the only folder of PATH."""
        path = Path(self.environment["PATH"]) / name
        path.write_text("#!/bin/sh\n" + text, encoding="utf-8")
        path.chmod(0o755)
        return path

    def packages(self) -> Path:
        return next((self.root / ".venv" / "lib").glob("python*/site-packages"))


def wheel(folder: Path, name: str, files: dict[str, str]) -> str:
    """Build a wheel, version 1, into ``folder`` and return its line in a lock."""
    about = f"{name}-1.dist-info"
    files = files | {
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    path = folder / f"{name}-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in files.items():
            archive.writestr(file, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
            record += f"{file},sha256={digest},{len(text.encode())}\n"
        archive.writestr(f"{about}/RECORD", record + f"{about}/RECORD,,\n")
    return f"{name}==1 --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def make_project(folder: Path) -> Project:
    root = folder / "消费者 权益"
    wheels = folder / "轮 子"
    tools = folder / "bin"
    for made in (root, wheels, tools):
        made.mkdir()
    shutil.copy(ROOT / "run", root)
    (root / "wsgi.py").write_text(PROGRAM, encoding="utf-8")
    kit = wheel(wheels, "kit", KIT)
    names = ("ruff", "mypy", "djlint", "pytest")
    modules = {f"{name}.py": ECHO.format(name) for name in names} | {
        "importlinter/__init__.py": "",
        "importlinter/cli.py": "def lint_imports_command():\n    print('importlinter', flush=True)\n",
    }
    (root / "requirements.lock").write_text(kit, encoding="utf-8")
    (root / "requirements-dev.lock").write_text(kit + wheel(wheels, "checkers", modules), encoding="utf-8")
    for tool in ("dirname", "cat", "cp", "rm"):
        (tools / tool).symlink_to(shutil.which(tool) or "")
    project = Project(root, {"PATH": str(tools), "HOME": str(folder), "WHEELS": str(wheels), "PIP_CONFIG_FILE": os.devnull})
    project.put("python3", f'exec "{PYTHON}" "$@"\n')
    # What a version manager leaves on PATH for a Python that is not switched on.
    project.put("python3.13", "echo 'command not found' >&2\nexit 127\n")
    return project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A fresh clone: nothing prepared yet."""
    return make_project(tmp_path)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose environment is ready; tests that use it change nothing in it."""
    project = make_project(tmp_path_factory.mktemp("prepared"))
    code, out, err = project.run("cli")
    assert (code, out.split("|")[0]) == (0, "工具"), err
    assert BEGUN in err
    return project


@pytest.fixture
def moved(prepared: Project, tmp_path: Path) -> Project:
    """A copy of the prepared project in another place, environment and all, for tests that change it."""
    shutil.copytree(prepared.root.parent, tmp_path / "moved", symlinks=True)
    home = tmp_path / "moved"
    return Project(
        home / prepared.root.name, prepared.environment | {"PATH": str(home / "bin"), "HOME": str(home), "WHEELS": str(home / "轮 子")}
    )


@pytest.mark.parametrize("script", ["run", ".ci/run"])
def test_the_scripts_are_plain_executable_sh(script: str) -> None:
    assert (ROOT / script).stat().st_mode & stat.S_IXUSR
    assert (ROOT / script).read_text(encoding="utf-8").startswith("#!/bin/sh\n")
    subprocess.run(["/bin/sh", "-n", str(ROOT / script)], check=True)


@pytest.mark.parametrize("arguments", [["help"], ["frobnicate"], ["--port", "1"], ["wheels"]])
def test_what_it_does_not_know_gets_the_usage_and_touches_nothing(project: Project, arguments: list[str]) -> None:
    code, out, err = project.run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("用法：\n  ./run [--empty]")
    assert not (project.root / ".venv").exists()


@pytest.mark.parametrize(
    ("name", "defect", "advice"),
    [
        (
            "python3",
            "sys.version_info = (3, 9, 2, 'final', 0)",
            "低于 3.11，请先安装 Python 3.11 或更新的版本（Debian 12 起：apt install python3 ",
        ),
        ("python3", "sys.modules['ensurepip'] = None", "python3 缺少 venv 模块，请先安装（Debian：apt install python3-venv）"),
        ("python3.12", "sys.modules['ensurepip'] = None", "python3.12 缺少 venv 模块，请先安装（Debian：apt install python3.12-venv）"),
    ],
)
def test_an_unfit_python_is_told_in_one_line_that_names_the_package(project: Project, name: str, defect: str, advice: str) -> None:
    (project.root.parent / "sitecustomize.py").write_text(f"import sys\n{defect}\n", encoding="utf-8")
    project.put("python3", "exit 127\n")
    project.put(name, f'PYTHONPATH="{project.root.parent}" exec "{PYTHON}" "$@"\n')
    code, out, err = project.run("cli")
    assert (code, out) == (1, "")
    assert advice in err
    assert err.count("\n") == 1


def test_no_python_at_all_is_told_in_one_line(project: Project) -> None:
    (Path(project.environment["PATH"]) / "python3").unlink()
    code, out, err = project.run()
    assert (code, out) == (1, "")
    assert "apt install python3 " in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("given", "received"), [([], ["serve"]), (["--empty"], ["serve", "--empty"]), (["cli", "tasks", "两 词", ""], ["tasks", "两 词", ""])]
)
def test_the_program_takes_the_place_of_the_script_in_the_callers_folder(
    prepared: Project, tmp_path: Path, given: list[str], received: list[str]
) -> None:
    process = prepared.start(*given, cwd=tmp_path, EXIT_WITH="7")
    out, err = process.communicate(timeout=60)
    # The same process id: signals sent to the script reach the program. Nothing else on stdout, nothing at all on stderr.
    assert out == f"工具|{received}|{process.pid}|{tmp_path}|1\n"
    assert (process.returncode, err) == (7, "")


def test_modules_stay_compiled_even_where_a_setting_forbids_it(moved: Project) -> None:
    shutil.rmtree(moved.packages() / "__pycache__")
    code, _, err = moved.run("cli", PYTHONDONTWRITEBYTECODE="1")
    assert code == 0, err
    assert list(moved.packages().glob("__pycache__/kit.*.pyc"))


def test_a_set_up_killed_half_way_is_repaired_by_running_again(project: Project) -> None:
    # The script is killed after it has made .venv; what a pip cut off in the middle leaves is put there as well: a package that says
    # it is installed, without its module.
    project.put("python3", f'case "$*" in "-m venv"*) "{PYTHON}" "$@"; kill -9 $PPID; exit 1;; esac\nexec "{PYTHON}" "$@"\n')
    code, _, err = project.run("cli")
    assert code == -9, err
    (project.packages() / "kit-1.dist-info").mkdir()
    (project.packages() / "kit-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: kit\nVersion: 1\n", encoding="utf-8")

    project.put("python3", f'exec "{PYTHON}" "$@"\n')
    code, out, err = project.run("cli")
    assert (code, out.split("|")[0]) == (0, "工具"), err


def test_a_wheel_that_is_not_the_pinned_one_is_refused_with_advice_and_the_right_one_then_installed(project: Project) -> None:
    wheels = Path(project.environment["WHEELS"])
    pinned = (wheels / "kit-1-py3-none-any.whl").read_bytes()
    wheel(wheels, "kit", {"kit.py": "NAME = '掉包'\n"})
    code, out, err = project.run("cli")
    assert (code, out) == (1, "")
    assert err.splitlines()[-1].startswith("依赖没有装好，重新运行即可")
    (wheels / "kit-1-py3-none-any.whl").write_bytes(pinned)
    code, out, err = project.run("cli")
    assert (code, out.split("|")[0]) == (0, "工具"), err


def test_an_environment_whose_python_has_gone_is_rebuilt(moved: Project) -> None:
    for link in (moved.root / ".venv" / "bin").glob("python*"):
        link.unlink()
    code, out, err = moved.run("cli")
    assert (code, out.split("|")[0]) == (0, "工具"), err


def test_two_callers_at_once_prepare_the_environment_once(project: Project) -> None:
    processes = [project.start("cli", str(number)) for number in (1, 2)]
    outcomes = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], outcomes
    assert [out.split("|")[1] for out, _ in outcomes] == ["['1']", "['2']"]
    assert "".join(err for _, err in outcomes).count(BEGUN) == 1


def test_the_test_tools_join_the_same_environment_and_stay(moved: Project) -> None:
    code, out, err = moved.run("test", "-k", "两 词")
    assert (code, out) == (0, f"pytest|['-k', '两 词']|{moved.root}\n"), err
    assert BEGUN in err
    assert [moved.run("cli")[2], moved.run("test")[2]] == ["", ""]


def test_a_moved_environment_is_used_on_and_a_changed_lock_followed(moved: Project) -> None:
    assert moved.run("cli")[2] == ""
    lock = (moved.root / "requirements.lock").read_text(encoding="utf-8")
    more = wheel(Path(moved.environment["WHEELS"]), "more", {"more.py": ""})
    (moved.root / "requirements.lock").write_text(lock + more, encoding="utf-8")
    assert BEGUN in moved.run("cli")[2]
    assert (moved.packages() / "more.py").exists()


def test_check_runs_every_step_names_the_failed_ones_and_leaves_the_last_word_to_pytest(project: Project) -> None:
    code, out, err = project.run("check")
    assert code == 0, err
    assert [line.split("|")[0] for line in out.splitlines()] == ["ruff", "ruff", "mypy", "importlinter", "djlint", "工具", "pytest"]
    assert re.findall(r"^== (.+)$", err, re.M) == ["规范", "格式", "类型", "导入约定", "模板", "迁移", "测试"]

    code, out, err = project.run("check", FAILING="mypy djlint")
    assert code == 1
    assert out.splitlines()[-1].startswith("pytest|")
    assert err.splitlines()[-1] == "未通过的检查：类型 模板。"


def test_wheels_fills_a_folder_for_both_locks(project: Project) -> None:
    # The wheels stand in for the package index; pip reads this setting as words, hence a folder without a space.
    index = project.root.parent / "index"
    shutil.copytree(project.environment["WHEELS"], index)
    folder = project.root.parent / "带 走"
    code, out, err = project.run("wheels", folder.name, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(index))
    assert (code, out) == (0, ""), err
    assert sorted(path.name for path in folder.iterdir()) == ["checkers-1-py3-none-any.whl", "kit-1-py3-none-any.whl"]


def test_the_development_lock_holds_all_of_the_other_one() -> None:
    def pins(name: str) -> set[str]:
        """Each requirement with its marker and hashes as one string."""
        text = re.sub(r"^#.*\n", "", (ROOT / name).read_text(encoding="utf-8"), flags=re.M)
        return {pin.strip() for pin in re.split(r"\n(?=\S)", text) if pin.strip()}

    assert pins("requirements.lock") <= pins("requirements-dev.lock")
    assert len(pins("requirements.lock")) > 20
    assert all("--hash=sha256:" in pin for pin in pins("requirements-dev.lock"))
