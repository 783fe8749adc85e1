"""The jobs of the early morning: what expires, what to order, what waste is due, and the mail that says so."""

from functools import partial

from sqlalchemy.orm import Session

from supply.alerts.smtp import Transport
from supply.jobs.checking import run_named
from supply.jobs.model import JobContext
from supply.monitoring.morning_mail import send_morning_mail
from supply.purchasing import suggestions
from supply.replenishment.rule import ReorderRules
from supply.settings import Settings


def look_at_expiry(context: JobContext) -> str:
    """Alerts of what expires."""
    return run_named(context, ("expiry",))


def look_at_waste(context: JobContext) -> str:
    """Alerts of waste containers, papers and registrations whose time runs out."""
    return run_named(context, ("waste",))


def suggest_orders(context: JobContext) -> str:
    """Reckon every item's suggestion anew, then the alerts of what is short."""
    reorder = context.settings.reorder
    rules = ReorderRules(
        review_days=reorder.review_days, cover_days=reorder.cover_days, safety_factor=reorder.safety_factor
    )

    def refresh(session: Session) -> int:
        return suggestions.refresh(
            session, now=context.now, today=context.today, zone=context.settings.zone, rules=rules
        )

    count = context.db.transact(refresh)
    return f"{count:,} item{'' if count == 1 else 's'} to order. {run_named(context, ('reorder',))}"


def send_mail(context: JobContext) -> str:
    """One mail for each person who has something to hear this morning."""
    send = partial(send_morning_mail, office_name=context.settings.office.name, base_url=context.settings.base_url)
    return send(context.db, transport=transport(context.settings), today=context.today, now=context.now)


def transport(settings: Settings) -> Transport | None:
    """The office's mail server; None where none is set."""
    mail = settings.mail
    if not mail.host:
        return None
    return Transport(
        host=mail.host,
        port=mail.port,
        security=mail.security,
        user=mail.user,
        password_file=mail.password_file,
        sender=mail.sender,
    )
