"""What commands share: Chinese for what click itself says, and writing a file whole."""

from pathlib import Path

import click
import click.core
import click.decorators
import click.exceptions
import click.formatting
import click.parser
import click.types

WORDS = {
    "Usage:": "用法:",
    "Options": "选项",
    "Commands": "命令",
    "default: {default}": "不写则为{default}",
    "required": "必填",
    "Try '{command} {option}' for help.": "查看说明：{command} {option}",
    "Error: {message}": "用法有误：{message}",
    "Missing command.": "没有写要办的命令。",
    "Missing argument": "缺少参数",
    "Missing option": "缺少选项",
    "Choose from:\n\t{choices}": "可选：\n\t{choices}",
    "No such option {name!r}.": "没有{name!r}这个选项。",
    "No such command {name!r}.": "没有{name!r}这个命令。",
    "Did you mean {possibility}?": "是否为{possibility}？",
    "Invalid value for {param_hint}: {message}": "{param_hint}的值有误：{message}",
    "{value!r} is not a valid {number_type}.": "{value!r}不是整数。",
    "{value!r} is not {choice}.": "{value!r}不在可选的{choice}之中。",
    "{value!r} does not match the format {format}.": "{value!r}不合{format}的格式。",
    "{name} {filename!r} is a directory.": "{filename!r}是目录，不是文件。",
    "Option {name!r} does not take a value.": "选项{name!r}不带值。",
    "Got unexpected extra argument ({args})": "多写了参数（{args}）",
}
MODULES = (click.core, click.decorators, click.exceptions, click.formatting, click.parser, click.types)


def say(message: str) -> str:
    """The message in Chinese; as it stands where we have none."""
    return WORDS.get(message, message)


def say_many(one: str, many: str, number: int) -> str:
    """The same for what English says in two ways; Chinese has one."""
    return WORDS.get(one, one if number == 1 else many)


def speak_chinese(command: click.Command) -> None:
    """Let this command and all below it help and refuse in Chinese. Click asks gettext, which knows only compiled files; so its modules are
    given our words in place of gettext's functions."""
    for module in MODULES:
        for name, function in (("_", say), ("ngettext", say_many)):
            if hasattr(module, name):
                setattr(module, name, function)
    _name_parts(command)


def _name_parts(command: click.Command) -> None:
    command.options_metavar = "[选项]"
    help_option = command.get_help_option(click.Context(command))
    if help_option is not None:
        help_option.help = "显示本说明。"  # click makes this option once, so a command that ran before would keep it in English
    if isinstance(command, click.Group):
        command.subcommand_metavar = "命令 …"
        for other in command.commands.values():
            _name_parts(other)


def write_file(out: Path, content: bytes) -> None:
    """The file whole or not at all, and its path on stdout."""
    part = out.with_name(f".{out.name}.part")
    part.write_bytes(content)
    part.replace(out)
    click.echo(str(out))
