"""`andon bench`: how fast this machine's line is, beside its targets."""

from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.table import Table

from andon.app.bench.measures import Measure
from andon.app.bench.runner import MEASURES, run_measures
from andon.app.start import server_for
from andon.kernel.errors import Invalid, codes
from andon.kernel.log import configure_log
from andon.kernel.settings import Settings

CODES = codes({"bench.unknown": ("No such measure", "没有该测量项")})


def bench(
    json_: Annotated[bool, typer.Option("--json", help="The figures as JSON, alone on stdout.")] = False,
    only: Annotated[list[str] | None, typer.Option(metavar="NAME", help="These measures or figures.")] = None,
    quick: Annotated[bool, typer.Option(help="Tiny sizes: shows that it runs, and nothing more.")] = False,
    profiles: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where profiles go; ANDON_HOME/bench if nothing is said."),
    ] = None,
) -> None:
    """Measure how fast the line is, on databases of its own, and say whether each figure is as it should be."""
    settings = Settings.from_env()
    configure_log("error")
    errors = Console(stderr=True)
    chosen = _chosen(only or [])
    folder = profiles or settings.home / "bench"

    def say(measure: Measure, taken: dict[str, float], seconds: float) -> None:
        shown = ", ".join(f"{name} {value:.4g}" for name, value in taken.items())
        errors.print(f"{measure.name} ({seconds:.0f} s): {shown}", highlight=False)

    with server_for(settings):
        figures = run_measures(settings, chosen, folder, quick=quick, say=say)
    if json_:
        rounded = {name: round(value, 4) for name, value in figures.items()}
        typer.echo(orjson.dumps(rounded, option=orjson.OPT_INDENT_2))
    else:
        Console().print(_table(chosen, figures))
        typer.echo(f"Profiles: {folder}")


def _chosen(only: list[str]) -> list[Measure]:
    """The measures of these names, or that have these figures; all if none is named."""
    known = {word for measure in MEASURES for word in (measure.name, *measure.targets)}
    if unknown := sorted(set(only) - known):
        raise Invalid("bench.unknown", f"{unknown[0]}: one of {', '.join(sorted(known))}")
    return [each for each in MEASURES if not only or {each.name, *each.targets} & set(only)]


def _table(measures: list[Measure], figures: dict[str, float]) -> Table:
    table = Table(title="How fast the line is")
    table.add_column("figure")
    table.add_column("value", justify="right")
    table.add_column("target", justify="right")
    table.add_column("")
    for measure in measures:
        for name, target in measure.targets.items():
            verdict = "" if str(target) == "-" else ("met" if target.met(figures[name]) else "MISSED")
            table.add_row(name, f"{figures[name]:.4g}", str(target), verdict)
    return table
