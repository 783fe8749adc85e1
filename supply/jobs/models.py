"""Tables of the worker: that it lives. Columns only."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from supply.db import Base, Moment


class WorkerBeat(Base):
    """The sign of life of the one worker. It shows; it decides nothing: leadership is a lock, never a clock."""

    __tablename__ = "worker_beats"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    holder: Mapped[str] = mapped_column(sa.String(120))
    started_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
