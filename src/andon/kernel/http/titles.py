"""What refusals are called: for whoever shows a code that a list of results gives alone."""

from fastapi import APIRouter, Response

from andon.kernel.errors import known_titles
from andon.kernel.http.models import Out
from andon.kernel.http.routes import Route

router = APIRouter(prefix="/v1", route_class=Route, tags=["problems"])


class TitlesOut(Out):
    """The title of each code that a refusal may have, by language."""

    titles: dict[str, dict[str, str]]


@router.get("/problems")
async def problems(response: Response) -> TitlesOut:
    """Every code of a refusal, with its title in each language."""
    response.headers["Cache-Control"] = "public, max-age=3600"
    return TitlesOut(titles=known_titles())
