"""Insights as they are read."""

from andon.insights.figures.views.exits import ExitsOut, exits_of
from andon.insights.figures.views.reports import CHART, REPORT, report_of
from andon.insights.figures.views.shapes import InsightsOut, MeasureOut, measures_of
from andon.insights.figures.views.shops import insights_of

__all__ = [
    "CHART",
    "REPORT",
    "ExitsOut",
    "InsightsOut",
    "MeasureOut",
    "exits_of",
    "insights_of",
    "measures_of",
    "report_of",
]
