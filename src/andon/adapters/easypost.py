"""EasyPost's trackers: one, a list of them, or an event that carries one."""

from andon.adapters.status_words import EASYPOST as WORDS
from andon.adapters.tracking_json import JsonFormat, Reading, local

EASYPOST = JsonFormat(
    party="easypost",
    # A tracker has its details itself; in what is none, and in what tells of other things, none of these leads anywhere.
    parcels=("", "trackers[]", "result"),
    waybill="tracking_code",
    readings=(
        Reading(
            events="tracking_details[]",
            code="status",
            instant=local("UTC", "datetime"),
            place=("tracking_location.city", "tracking_location.state", "tracking_location.country"),
            # EasyPost could not look it up: that shows no parcel in anybody's hands.
            no_scan=("source", "ProcessingError"),
        ),
    ),
    statuses=WORDS,
)
