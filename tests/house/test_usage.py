"""What commands say of themselves: in Chinese, with no English sentence of click's left over."""

import re
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from coordination.cli import cli
from coordination.usage import speak_chinese
from scheduler.commands import jobs

# Names, not words: what is typed, formats, and arguments in capitals.
NAMES = re.compile(r"\./run cli( [a-z]+)*|-{1,2}\w+|\[[a-z|]+\]|[A-Z]{2,}|^  [a-z]+ |(不写则为)\w+|CSV|JSON|start,days,unit|\w+\.py")


@pytest.fixture(scope="module", autouse=True)
def chinese() -> None:
    """The commands as ``wsgi.py`` puts them together."""
    cli.add_command(jobs)
    speak_chinese(cli)


def below(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, other in command.commands.items():
            yield from below(other, f"{path} {name}")


def test_every_command_explains_itself_in_chinese():
    seen = 0
    for path, command in below(cli, "./run cli"):
        help_text = command.get_help(click.Context(command, info_name=path))
        assert help_text.startswith("用法: ./run cli"), path
        assert "显示本说明。" in help_text, path
        assert command.help, path
        frame = "\n".join(line for line in help_text.splitlines() if "显示" in line or line.endswith(":") or line.startswith("用法"))
        assert not re.search(r"[A-Za-z]{2,}", NAMES.sub("", frame)), (path, frame)
        seen += 1
    assert seen > 15


def test_a_command_that_ran_before_it_was_put_together_explains_itself_in_chinese_all_the_same():
    alone = click.Command("alone", help="一个命令。")
    option = alone.get_help_option(click.Context(alone))
    assert option is not None
    option.help = "Show this message and exit."  # as click makes it while it knows none of our words
    speak_chinese(alone)
    help_text = CliRunner().invoke(alone, ["--help"]).stdout
    assert "显示本说明。" in help_text
    assert "Show" not in help_text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["deadline", "--unit", "week"], "用法有误：'--unit'的值有误：'week'不在可选的'working', 'calendar', 'month', 'year'之中。"),
        (["deadline", "--days", "x"], "用法有误：'--days'的值有误：'x'不是整数。"),
        (["deadline", "--start", "x"], "用法有误：'--start'的值有误：'x'不合'%Y-%m-%d'的格式。"),
        (["deadlin"], "用法有误：没有'deadlin'这个命令。"),
        (["deadline", "x"], "用法有误：多写了参数（x）"),
        (["deadline", "--jsn"], "用法有误：没有'--jsn'这个选项。"),
    ],
)
def test_wrong_usage_is_refused_in_chinese_with_exit_code_two(arguments, said):
    result = CliRunner().invoke(cli.commands["calendar"], arguments)
    assert result.exit_code == 2
    assert said in result.stderr
