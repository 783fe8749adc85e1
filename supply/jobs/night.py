"""The jobs of the night: adding up use, proving the books, backup, certificate, take-sheets.

Each may run again at any time.
"""

from datetime import timedelta
from functools import partial

from sqlalchemy.orm import Session

from supply.backup import records
from supply.backup.keeping import nightly_backup
from supply.errors import SupplyError
from supply.jobs.model import Found, JobContext
from supply.reports import proof
from supply.reports.take_sheets import take_sheet_pdf
from supply.staff.people import local_actor
from supply.stations import downtime, shortfalls
from supply.stock import rolling_up
from supply.stock.rolling_up import RolledUp
from supply.tls import public_authority
from supply.tls.files import tls_folder

SAID_FAULTS = 20
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def add_up_use(context: JobContext) -> str:
    """Bring the daily demand up to date: a page of the ledger after the other, each a short transaction."""
    db, zone = context.db, context.settings.zone
    upto = db.transact(rolling_up.last_settled_movement)
    days = 0
    while True:
        step = db.transact(partial(rolling_up.roll_up, upto=upto, zone=zone))
        days += step.days
        if step.is_finished:
            break
    short = db.transact(lambda session: _add_shortfalls(session, context, step))
    added = f"Added up {days:,} item-day{'' if days == 1 else 's'} of use."
    return added + (f" Shelves were short on {short:,} of the last days." if short else "")


def _add_shortfalls(session: Session, context: JobContext, step: RolledUp) -> int:
    """The short scans since the last time, and of a day before it: an undo may have been under way."""
    zone = context.settings.zone
    days = shortfalls.changed_days(session, since=step.since - rolling_up.OVERLAP, zone=zone)
    found = shortfalls.shortfalls_on(session, days=days, zone=zone)
    rolling_up.set_shortfalls(session, days=days, shortfalls=found)
    rolling_up.up_to_date(session, now=context.now)
    return len(days)


def check_books(context: JobContext) -> str:
    """Re-add the ledger, re-hash the audit chain and the papers of waste, as `supply verify` does.

    Raises Found with every fault.
    """
    with context.db.read_session() as session:
        faults = list(proof.faults(session))
    context.db.transact(partial(records.note_check, at=context.now, faults=faults))
    if faults:
        said = [f"{fault.check}: {fault.subject} {fault.detail}" for fault in faults[:SAID_FAULTS]]
        count = "1 fault" if len(faults) == 1 else f"{len(faults):,} faults"
        raise Found(
            f"The books do not agree: {count}. {said[0]}. Keep the newest backups and ask for help.", faults=said
        )
    return "The ledger, the balances and the audit trail agree."


def back_up(context: JobContext) -> str:
    """A checked copy into the backup folder; the newest ones are kept."""
    folder = context.settings.backup_folder
    try:
        taken, gone = nightly_backup(context.db, folder, keep=context.settings.backup.keep, now=context.now)
    except SupplyError as error:
        context.db.transact(partial(records.note_backup, at=context.now, path=folder, failed=error.message))
        raise
    note = partial(records.note_backup, at=context.now, path=taken.path, size=taken.size, sha256=taken.sha256)
    context.db.transact(note)
    size = f"{taken.size / 1024 / 1024:,.1f} MB, {taken.movements:,} movements"
    older = f" {gone} older one{'' if gone == 1 else 's'} deleted." if gone else ""
    return f"{taken.path.name} in {folder}: {size}, read back and checked.{older}"


def renew_certificate(context: JobContext) -> str:
    """Renew a certificate that was asked for by ACME; the web role shows the new one within a minute."""
    if public_authority.renew(tls_folder(context.settings), now=context.now):
        return "The public authority gave a new certificate."
    return "No certificate has to be asked for today."


def make_take_sheets(context: JobContext) -> str:
    """A new set of take-sheets when the week's day has come since the last one was made; printed, where that is wanted.

    Raises SupplyError when they did not come out: the set stands, and the next try only prints it.
    """
    wanted = WEEKDAYS.index(context.settings.downtime.weekday)
    due_on = context.today - timedelta(days=(context.today.weekday() - wanted) % 7)
    with context.db.read_session() as session:
        latest = downtime.latest_sheet(session)
        stands = downtime.is_anything_standing(session)
    if latest is not None and latest.made_at.astimezone(context.settings.zone).date() >= due_on:
        is_printed = latest.printed_at is not None or context.print_document is None
        return "This week's take-sheets are made already." if is_printed else _print_take_sheets(context, latest.id)
    if not stands:
        return "Nothing stands on any shelf yet."
    made = context.db.transact(
        lambda session: downtime.make_sheet(session, actor_id=local_actor(session).person_id, now=context.now).id
    )
    return _print_take_sheets(context, made)


def _print_take_sheets(context: JobContext, sheet_id: int) -> str:
    """Print a set once. What was perhaps printed counts as printed: a person looks, and prints it from its page."""
    ready = f"Take-sheets T-{sheet_id} are ready to print, under Power-cut sheets."
    if context.print_document is None:
        return ready
    office, zone = context.settings.office.name, context.settings.zone
    with context.db.read_session() as session:
        document = take_sheet_pdf(session, sheet_id, office=office, zone=zone)
    try:
        words = context.print_document(document)
    except SupplyError as error:
        raise SupplyError(f"{error.message} {ready}", code=error.code) from error
    context.db.transact(partial(downtime.note_printed, sheet_id=sheet_id, now=context.now))
    return f"Take-sheets T-{sheet_id}: {words}"
