"""Whom a message goes to, when, and in what words."""

from andon.platform.outbox.rules.contacts import (
    CODES,
    DIGEST,
    ESCALATED,
    MOST_CONTACTS,
    ROBOT_GAP,
    Contact,
    Quiet,
    Role,
    check_contacts,
    is_email,
    next_digest,
    readers_of,
    role_of,
    send_at,
)
from andon.platform.outbox.rules.sending import (
    MessageState,
    retry_at,
)
from andon.platform.outbox.rules.texts import Words, html_of, titles_of, words_of

__all__ = [
    "CODES",
    "DIGEST",
    "ESCALATED",
    "MOST_CONTACTS",
    "ROBOT_GAP",
    "Contact",
    "MessageState",
    "Quiet",
    "Role",
    "Words",
    "check_contacts",
    "html_of",
    "is_email",
    "next_digest",
    "readers_of",
    "retry_at",
    "role_of",
    "send_at",
    "titles_of",
    "words_of",
]
