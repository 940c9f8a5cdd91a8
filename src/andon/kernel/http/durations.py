"""Durations as ISO 8601 writes them: `PT24H`, `P3DT30M`, `P2W`."""

import re
from datetime import timedelta

from andon.kernel.errors import Invalid, codes

CODES = codes(
    {
        "duration.malformed": ("Not a duration", "时长格式错误"),
        "duration.out_of_range": ("A duration that is nothing or too long", "时长超出范围"),
    }
)

LONGEST = timedelta(days=3660)
_FORM = re.compile(
    r"P(?:(?P<weeks>\d{1,4})W|(?=\d|T\d)(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,8})M)?"
    r"(?:(?P<seconds>\d{1,10}(?:\.\d{1,6})?)S)?)?)",
    re.ASCII,
)


def duration_of(text: str) -> timedelta:
    """The duration that `text` says. Weeks stand alone; years and months have no length of their own.

    Raises Invalid: `duration.malformed`, or `duration.out_of_range` for zero or more than ten years.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise Invalid("duration.malformed", "days, hours, minutes and seconds, for example PT24H or P3DT12H")
    parts = {name: float(value) for name, value in found.groupdict().items() if value}
    length = timedelta(**parts)
    if not timedelta(0) < length <= LONGEST:
        raise Invalid("duration.out_of_range", f"more than nothing, at most {LONGEST.days} days")
    return length
