"""Books as Beancount and as hledger read them: https://beancount.github.io/docs, https://hledger.org/hledger.html.

Both state what each account must come to at the end, by our running totals, to the last digit: the program that reads
the file adds up the transfers itself, and refuses it where they differ.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from andon.kernel.money import Money
from andon.ports.books import Account, BookedTransfer, Closing

_ROOTS = {"asset": "Assets", "liability": "Liabilities", "income": "Income", "expense": "Expenses"}


def beancount(
    closings: Iterable[Closing], transfers: Iterable[BookedTransfer], first: date, closed: date
) -> Iterator[str]:
    """The books in Beancount's form."""
    closing = list(closings)
    names = _names(closing, _beancount_name)
    yield 'option "title" "Andon"\n'
    for currency in sorted({each.balance.currency for each in closing}):
        yield f'option "operating_currency" "{currency}"\n'
    yield "\n"
    for name in sorted(names.values()):
        yield f"{first} open {name}\n"
    for each in transfers:
        yield f'\n{each.on} * "{each.cause}" ^shop-{each.shop_id}-journal-{each.journal_id}\n'
        yield f"  transfer: {each.transfer_id}\n"
        if each.charge_id is not None:
            yield f"  charge: {each.charge_id}\n"
        yield f"  {names[each.shop_id, each.debit]}  {each.amount.amount} {each.amount.currency}\n"
        yield f"  {names[each.shop_id, each.credit]}  {-each.amount.amount} {each.amount.currency}\n"
    yield "\n"
    for end in closing:
        name = names[end.account.shop_id, end.account.name]
        yield f"{closed} balance {name}  {end.balance.amount} ~ 0 {end.balance.currency}\n"


def hledger(
    closings: Iterable[Closing], transfers: Iterable[BookedTransfer], first: date, closed: date
) -> Iterator[str]:
    """The books as an hledger journal."""
    closing = list(closings)
    names = _names(closing, _hledger_name)
    yield f"; Andon, from {first}\n"
    for currency in sorted({each.balance.currency for each in closing}):
        # hledger asks for a decimal mark, also where there are no decimals.
        digits = f"{Money.from_minor(0, currency).amount}"
        yield f"commodity {digits if '.' in digits else digits + '.'} {currency}\n"
    for name in sorted(names.values()):
        yield f"account {name}\n"
    for each in transfers:
        yield f"\n{each.on} * (shop-{each.shop_id}-journal-{each.journal_id}) {each.cause}"
        yield f"  ; transfer:{each.transfer_id}" + (
            "" if each.charge_id is None else f", charge:{each.charge_id}"
        )
        yield f"\n    {names[each.shop_id, each.debit]}  {each.amount.amount} {each.amount.currency}\n"
        yield f"    {names[each.shop_id, each.credit]}  {-each.amount.amount} {each.amount.currency}\n"
    if closing:
        yield f"\n{closed} * what each account comes to\n"
    for end in closing:
        currency = end.balance.currency
        name = names[end.account.shop_id, end.account.name]
        yield f"    {name}  0 {currency} = {end.balance.amount} {currency}\n"


def _names(closings: Iterable[Closing], name: Callable[[Account], str]) -> dict[tuple[int, str], str]:
    names = {(each.account.shop_id, each.account.name): name(each.account) for each in closings}
    assert len(set(names.values())) == len(names), "two accounts have one name"
    return names


def _beancount_name(account: Account) -> str:
    """`payable:supplier:7` of shop 3 is `Liabilities:Shop-3:Payable:Supplier:7`.

    A part there begins with a capital or a digit, and has letters, digits and hyphens. In a code an underscore becomes
    `-5F-`, which no code of ours has: none has capitals.
    """
    own, *codes = account.name.split(":")
    parts = (own.replace("_", "-"), *(code.replace("_", "-5F-") for code in codes))
    named = (part[:1].upper() + part[1:] for part in parts)
    return ":".join((_ROOTS[account.kind], f"Shop-{account.shop_id}", *named))


def _hledger_name(account: Account) -> str:
    return f"{_ROOTS[account.kind].lower()}:shop {account.shop_id}:{account.name}"
