"""The timetable: everything that happens by itself, one line each, in the order of the night. Does nothing itself."""

from datetime import timedelta

from supply.jobs.model import Job
from supply.jobs.models import WATCH_MINUTES, JobName
from supply.jobs.morning import look_at_expiry, look_at_waste, send_mail, suggest_orders
from supply.jobs.night import add_up_use, back_up, check_books, make_take_sheets, renew_certificate
from supply.jobs.watching import watch

WATCH_EVERY = timedelta(minutes=WATCH_MINUTES)
MAIL_GRACE = timedelta(hours=12)  # a morning mail that could not go by the evening is not sent at night

JOBS: tuple[Job, ...] = (
    Job(JobName.daily_usage, add_up_use),
    Job(JobName.verify, check_books),
    Job(JobName.backup, back_up),
    Job(JobName.certificate, renew_certificate),
    Job(JobName.take_sheets, make_take_sheets),
    Job(JobName.expiry, look_at_expiry),
    Job(JobName.reorder, suggest_orders),
    Job(JobName.waste, look_at_waste),
    Job(JobName.morning_mail, send_mail, grace=MAIL_GRACE),
    Job(JobName.watch, watch, every=WATCH_EVERY),
)
