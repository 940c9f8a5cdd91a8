"""The command line. A file here with a function of its own name is a command; an underscore at its end is Python's."""

import importlib
import pkgutil
import sys
from collections.abc import Sequence

import typer
from psycopg import Error as PsycopgError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from andon.kernel.errors import Refused, Unavailable
from andon.kernel.secrets import SecretUnreadable
from andon.kernel.settings import BadSetting
from andon.kernel.weather import advice_on, is_weather, said_by


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command. What it refuses, or cannot reach, is told on standard error, with exit status 1."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    app = typer.Typer(
        name="andon", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
    )
    app.callback()(_andon)
    names = [module.name for module in pkgutil.iter_modules(__path__)]
    # One command's imports are enough to run it; the list of all needs all.
    wanted = [name for name in names if given and given[0] == _said(name)] or names
    for name in wanted:
        module = importlib.import_module(f"{__name__}.{name}")
        app.command(_said(name))(getattr(module, name))
    try:
        app(args=given, prog_name="andon")
    except (Refused, Unavailable, BadSetting, SecretUnreadable) as why:
        typer.echo(f"andon: {why}", err=True)
        sys.exit(1)
    except (DBAPIError, PsycopgError, PoolExhausted) as error:
        if not is_weather(error):
            raise
        said = f"the database cannot do this now: {said_by(error)}\n{advice_on(error)} Nothing is half done."
        typer.echo(f"andon: {said}", err=True)
        sys.exit(1)


def _said(name: str) -> str:
    """A command's name as it is typed."""
    return name.rstrip("_").replace("_", "-")


def _andon() -> None:
    """Andon: the line that takes a marketplace order to its supplier, its buyer and its settled fee."""
