"""What documents are verified with, over HTTP."""

from fastapi import Request, Response

from andon.platform.accounts.edge import Router

router = Router(tags=["documents"])

PEM_TYPE = "application/x-pem-file"


@router.get(
    "/documents/authority.pem",
    responses={200: {"content": {PEM_TYPE: {"schema": {"type": "string"}}}}},
    response_class=Response,
)
def authority(request: Request) -> Response:
    """The certificates to trust for the platform's signatures on documents; no key of ours is needed."""
    return Response(request.app.state.edge.authority.pem, media_type=PEM_TYPE)
