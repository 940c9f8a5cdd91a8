"""Documents that are kept: signed once, and served from here ever after."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, Sequence
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base, Key, ShopId

DOCUMENT_IDS = Sequence("document_ids", metadata=Base.metadata)


class Document(Base):
    """A signed PDF about one thing of a shop: `kind` says what it is, `subject` is the thing's number.

    `number` stands on it; `sha256` is that of `body`, in hexadecimal. `made_at` is business time. There is one of a kind
    about a thing.
    """

    __tablename__ = "documents"
    __table_args__ = (
        Index("uq_documents_subject", "shop_id", "kind", "subject", unique=True),
        {"info": {"append_only": True, "supplier": "hidden"}},
    )

    shop_id: Mapped[ShopId]
    document_id: Mapped[Key]
    kind: Mapped[str]
    subject: Mapped[int]
    number: Mapped[str]
    sha256: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
