"""The two forms of a sheet, and how a caller says which."""

from enum import Enum

CSV_TYPE = "text/csv"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Form(Enum):
    """How a sheet is written; the value is its media type."""

    CSV = CSV_TYPE
    XLSX = XLSX_TYPE

    @property
    def ending(self) -> str:
        """How its files end."""
        return f".{self.name.lower()}"


def form_of(content_type: str | None) -> Form | None:
    """The form of a body that says that it is a sheet; None for any other."""
    media = (content_type or "").partition(";")[0].strip().lower()
    return next((form for form in Form if form.value == media), None)


def wanted_form(accept: str | None) -> Form | None:
    """The form of sheet that the caller asks for, if not for JSON before it."""
    wanted: dict[str, float] = {}
    for part in (accept or "").split(","):
        media, _, rest = part.strip().partition(";")
        quality = rest.strip().removeprefix("q=") if rest.strip().startswith("q=") else "1"
        try:
            wanted[media.strip().lower()] = float(quality)
        except ValueError:
            continue
    best = max(Form, key=lambda form: wanted.get(form.value, 0))
    return best if wanted.get(best.value, 0) > wanted.get("application/json", 0) else None
