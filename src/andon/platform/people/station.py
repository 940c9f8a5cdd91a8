"""What is over is forgotten: invitations, links, sessions and tries. By machine time, so no station of the line waits for it."""

from datetime import timedelta

from sqlalchemy import text

from andon.kernel.chores import Chore
from andon.kernel.clock import wall
from andon.kernel.db import Database
from andon.platform.people.rules import IDLE_FOR

_OVER = (
    "delete from person_invitations where expires_at <= :now",
    "delete from password_resets where expires_at <= :now",
    "delete from sessions where ends_at <= :now or seen_at <= :idle",
    "delete from sign_in_tries where forget_at <= :now",
)


def forget_people(database: Database) -> int:
    """Delete what works no more; answers how much it was."""
    now = wall()
    forgotten = 0
    for statement in _OVER:
        with database.line.begin() as connection:
            asked = {"now": now} | ({"idle": now - IDLE_FOR} if ":idle" in statement else {})
            forgotten += connection.execute(text(statement), asked).rowcount
    return forgotten


FORGET_PEOPLE = Chore("forget_people", every=timedelta(minutes=10), do=forget_people)
