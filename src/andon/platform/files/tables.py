"""Files that parties hand in, with their hash."""

from datetime import datetime

from sqlalchemy import LargeBinary, Sequence
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base, Key, ShopId

FILE_IDS = Sequence("file_ids", metadata=Base.metadata)


class File(Base):
    """A file as it was handed in by `owner_party` `owner_id`. What is of no shop stands under the platform's number, 0.

    `sha256` is that of the bytes that came, in hexadecimal, `size` how many they were; both stay when `body` is erased,
    which is then empty. Who may read it is for the room to say whose file it is: suppliers see none by themselves.
    """

    __tablename__ = "files"
    __table_args__ = {"info": {"append_only": True, "supplier": "hidden", "erased": ("body",)}}

    shop_id: Mapped[ShopId]
    file_id: Mapped[Key]
    owner_party: Mapped[str]
    owner_id: Mapped[str | None]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
