"""The packing table: where items lie, and goods that are scanned before their label."""

from andon.orders.papers.service.checking import check_goods
from andon.orders.papers.service.placing import Place, put_bins, set_printing

__all__ = ["Place", "check_goods", "put_bins", "set_printing"]
