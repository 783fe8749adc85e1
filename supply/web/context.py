"""What a route may ask of its surroundings: database, settings, clock, and who is asking. It holds no rule."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from flask import current_app, g

from supply.db import Database
from supply.errors import SupplyError
from supply.settings import Settings
from supply.staff import permissions
from supply.staff.permissions import Action, Actor
from supply.staff.sign_in import SignedIn
from supply.stations.enrolments import EnrolledDevice

EXTENSION = "supply"


class NotSignedIn(SupplyError):
    """Nobody is signed in, and this needs somebody."""

    code = "not_signed_in"


def utc_now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Context:
    """What `create_app` was given."""

    db: Database
    settings: Settings
    clock: Callable[[], datetime] = utc_now


def context() -> Context:
    """The context of the running app."""
    found: Context = current_app.extensions[EXTENSION]
    return found


def database() -> Database:
    """The database of the running app."""
    return context().db


def settings() -> Settings:
    """The settings of the running app."""
    return context().settings


def now() -> datetime:
    """The moment of this request, aware, in UTC: the same however often it is asked."""
    if "supply_now" not in g:
        g.supply_now = context().clock()
    moment: datetime = g.supply_now
    return moment


def today() -> date:
    """The office's date at the moment of this request."""
    return now().astimezone(settings().zone).date()


def signed_in() -> SignedIn | None:
    """The browser session of this request, when there is one."""
    found: SignedIn | None = g.get("supply_signed_in")
    return found


def enrolled_device() -> EnrolledDevice | None:
    """The enrolled screen or agent that sent this request, whether or not somebody is signed on at it."""
    found: EnrolledDevice | None = g.get("supply_device")
    return found


def actor_or_none() -> Actor | None:
    """Who is asking, by session or token; None for nobody."""
    found: Actor | None = g.get("supply_actor")
    return found


def actor() -> Actor:
    """Who is asking. Raises NotSignedIn."""
    found = actor_or_none()
    if found is None:
        raise NotSignedIn("Sign in first.")
    return found


def may(action: Action) -> bool:
    """Whether whoever is asking may do this; for what a page shows, never in place of `require`."""
    found = actor_or_none()
    return found is not None and found.may(action)


def require(action: Action) -> None:
    """Let whoever is asking through or raise NotAllowed (NotSignedIn for nobody)."""
    permissions.require(actor(), action)


def csrf_token() -> str:
    """The token that the forms of this session carry; empty when nobody is signed in."""
    found = signed_in()
    return found.csrf if found else ""
