"""Labels, pick lists and checks as they are read."""

from andon.orders.papers.views.checks import Checks, checks_of, lines_of, scans_before_print
from andon.orders.papers.views.labels import label_of, labels_of
from andon.orders.papers.views.picking import (
    BinOut,
    PickOut,
    ShelfOut,
    list_bins,
    list_picks,
    list_shelves,
    shelf,
)

__all__ = [
    "BinOut",
    "Checks",
    "PickOut",
    "ShelfOut",
    "checks_of",
    "label_of",
    "labels_of",
    "lines_of",
    "list_bins",
    "list_picks",
    "list_shelves",
    "scans_before_print",
    "shelf",
]
