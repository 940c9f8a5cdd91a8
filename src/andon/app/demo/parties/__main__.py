"""Run one party: its role, and as JSON on standard input the address, key and options it works with."""

import json
import sys
from typing import Any

from andon.app.demo.parties import carrier, channel, supplier

ROLES: dict[str, Any] = {
    "channel": channel.run,
    "supplier": supplier.run_with_endpoint,
    "pulling_supplier": supplier.run_pulling,
    "carrier": carrier.run,
}

if __name__ == "__main__":
    briefing = json.load(sys.stdin)
    try:
        ROLES[sys.argv[1]](briefing["url"], briefing["key"], briefing["options"])
    except KeyboardInterrupt:
        sys.exit(0)
