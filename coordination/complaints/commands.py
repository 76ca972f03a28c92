"""``./run cli routing …``: measuring the routing on labelled messages. Needs no database."""

import json
from pathlib import Path

import click

a_file = click.Path(path_type=Path, dir_okay=False)


@click.group("routing")
def routing() -> None:
    """分派建议。"""


@routing.command("evaluate")
@click.option("--train", "train_file", type=a_file, required=True, metavar="文件", help="已确认的投诉，CSV，列为title,detail,label。")
@click.option("--test", "test_file", type=a_file, required=True, metavar="文件", help="用来评分的投诉，列相同。")
@click.option("--duties", "duty_file", type=a_file, metavar="文件", help="职责文字，CSV，列为label,text。")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True, help="打乱训练行的种子。")
@click.option("--predictions", "out", type=a_file, metavar="文件", help="每行一条JSON，写出各件的排序和把握。")
@click.option("--json", "as_json", is_flag=True, help="只打印一行JSON。")
def evaluate(train_file: Path, test_file: Path, duty_file: Path | None, seed: int, out: Path | None, as_json: bool) -> None:
    """用已有结论的投诉评估分派建议：准确率、宏平均F1、把握是否可信、学习曲线。"""
    from coordination.complaints import evaluating  # numpy and scikit-learn, which no other command needs

    train, test = evaluating.read_messages(train_file), evaluating.read_messages(test_file)
    found = evaluating.evaluate(train, test, evaluating.read_duties(duty_file), seed)
    if out is not None:
        out.write_text(evaluating.predictions(found.scores, test), encoding="utf-8")
    if as_json:
        click.echo(json.dumps(found.figures, ensure_ascii=False))
        return
    for name, figure in found.figures.items():
        click.echo(f"{name}  {figure if name != 'curve' else '  '.join(f'{point}:{f1}' for point, f1 in figure.items())}")
