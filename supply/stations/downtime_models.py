"""Tables of the take-sheets for a power cut: what was printed, so that a line scanned back means what it said then.

Columns and constraints only.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from supply.db import Base, Moment


class DowntimeSheet(Base):
    """One set of take-sheets, all places of one moment."""

    __tablename__ = "downtime_sheets"

    id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    printed_at: Mapped[datetime | None] = mapped_column(Moment)


class DowntimeLine(Base):
    """One item at one place on a set; `on_hand` in base units when it was made."""

    __tablename__ = "downtime_lines"

    id: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)
    sheet_id: Mapped[int] = mapped_column(sa.ForeignKey("downtime_sheets.id"), index=True)
    location_id: Mapped[int] = mapped_column(sa.ForeignKey("locations.id"))
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("items.id"))
    on_hand: Mapped[int]
