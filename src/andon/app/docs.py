"""The generated pages of `docs/`: each is a text made from what the code and its files say."""

from andon.platform.policies.document import policies_document
from andon.platform.policies.files import load_policies


def write_policies() -> str:
    """`docs/policies.md`: every clause and figure of the versions that govern the platform, and the replay's."""
    return policies_document(load_policies("jit"), load_policies("replay"))
