"""What is done to an exit: it is started, looked at, thrown, withdrawn, struck, verified."""

from andon.membership.exits.service.certifying import certify_exit
from andon.membership.exits.service.forcing import force_exit
from andon.membership.exits.service.looking import lock_exit, look_at_exit
from andon.membership.exits.service.starting import start_exit
from andon.membership.exits.service.striking import strike, switch_off
from andon.membership.exits.service.throwing import throw_switch
from andon.membership.exits.service.verifying import verify_exit, verify_soon
from andon.membership.exits.service.withdrawing import withdraw_exit

__all__ = [
    "certify_exit",
    "force_exit",
    "lock_exit",
    "look_at_exit",
    "start_exit",
    "strike",
    "switch_off",
    "throw_switch",
    "verify_exit",
    "verify_soon",
    "withdraw_exit",
]
