"""Numbers on paper. A ticket of EXIT-5 is, for example, `JIT-2026-0000170384-07`: see docs/decisions/0039."""

import re

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_97_10

_TICKET = re.compile(r"JIT-([0-9]{4})-([0-9]{10,22})-([0-9]{2})")
CHANCES = 10_000


def ticket_of(year: int, exit_id: int, chance: int) -> str:
    """The ticket of an exit that was switched off in that year; `chance` is drawn, below CHANCES.

    The exit's number makes it unique, four drawn digits keep it from being guessed from another one, and two check
    digits (ISO 7064 MOD 97-10 over all digits before them) find what was mistyped. Source: EXIT-5.
    """
    serial = f"{exit_id:06d}{chance:04d}"
    return f"JIT-{year:04d}-{serial}-{mod_97_10.calc_check_digits(f'{year:04d}{serial}')}"


def is_ticket(text: str) -> bool:
    """Whether the text has a ticket's form and its check digits fit. Source: EXIT-5."""
    found = _TICKET.fullmatch(text)
    if found is None:
        return False
    try:
        mod_97_10.validate("".join(found.groups()))
    except ValidationError:
        return False
    return True


def certificate_number(year: int, exit_id: int) -> str:
    """The number of the certificate of an exit that was done in that year, for example `JIT-EXIT-2026-000017`."""
    return f"JIT-EXIT-{year:04d}-{exit_id:06d}"
