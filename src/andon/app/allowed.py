"""Which addresses beside the public internet's may be called: what the operator allows, or a demonstration needs."""

from andon.kernel.outside import LOOPBACK, Ranges, read_ranges
from andon.kernel.settings import BadSetting, Settings

FILE = "allowed_ranges"
"""In ANDON_HOME; ANDON_ALLOWED_RANGES goes before it."""


def allowed_ranges(settings: Settings) -> Ranges:
    """The ranges that the environment sets, else those that lie in ANDON_HOME, else none. Raises BadSetting."""
    if settings.allowed_ranges is not None:
        return settings.allowed_ranges
    path = settings.home / FILE
    if not path.exists():
        return ()
    text = path.read_text(encoding="utf-8").strip()
    try:
        return read_ranges(text)
    except ValueError as why:
        raise BadSetting(str(path), text, str(why)) from None


def allow_this_machine(settings: Settings) -> None:
    """Allow this machine's own addresses from now on, where nothing was said: a demonstration's parties live there."""
    path = settings.home / FILE
    if not path.exists():
        path.write_text(", ".join(map(str, LOOPBACK)) + "\n", encoding="utf-8")
