"""Who signs: a person with a second factor proves it once more."""

from andon.kernel.tx import Tx
from andon.platform.accounts.edge import Visit
from andon.platform.people.service.factors import use_factor
from andon.platform.people.service.passing import count_code, forgive_codes
from andon.platform.people.views import user_of
from andon.platform.policies.rules import Policy


def proof_of(tx: Tx[Policy], caller: Visit, code: str | None) -> str:
    """By what the signer proves who they are. Raises Unknown `sign_in.otp_*`, as at signing in."""
    user_id, key = caller.holder.user_id, caller.edge.secret
    if user_id is None:
        return "key"
    if code is not None:
        # Counted whatever comes of this transaction.
        caller.edge.at_the_door(caller.request, lambda door: count_code(door, user_id, key))
    factor = use_factor(tx, user_of(tx, user_id), code, key)
    if factor != "none":
        forgive_codes(tx, user_id, key)
    return factor
