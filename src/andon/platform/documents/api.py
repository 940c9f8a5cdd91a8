"""What documents are verified with, over HTTP."""

from fastapi import Request, Response

from andon.platform.accounts.edge import Router
from andon.platform.documents.views import trusted

router = Router(tags=["documents"])

PEM_TYPE = "application/x-pem-file"


@router.get(
    "/documents/authority.pem",
    responses={200: {"content": {PEM_TYPE: {"schema": {"type": "string"}}}}},
    response_class=Response,
)
def authority(request: Request) -> Response:
    """The certificates to trust for the platform's signatures on documents, the one that signs now first; no key of ours is needed."""
    edge = request.app.state.edge
    return Response(trusted(edge.database, edge.secret, edge.authority), media_type=PEM_TYPE)
