"""How many fulfilments a supplier takes a day."""

from andon.kernel.errors import Invalid, codes

CODES = codes(
    {
        "capacity.daily": (
            "A daily capacity is 0 to 1,000,000 fulfilments",
            "日产能须为0至1000000单",
        ),
    }
)

MOST_A_DAY = 1_000_000


def check_daily(daily: int | None) -> None:
    """Refuse with Invalid `capacity.daily` a capacity that cannot be; None is no limit."""
    if daily is not None and not 0 <= daily <= MOST_A_DAY:
        raise Invalid("capacity.daily", f"{daily}")
