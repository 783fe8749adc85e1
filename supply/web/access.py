"""How a route declares who may use it and what it takes. A route that declares nothing is refused by the guard."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from supply.staff.permissions import Action, Actor, Level
from supply.web.station_routes import reached_from_station

View = TypeVar("View", bound=Callable[..., Any])

ACCESS = "supply_access"
ACCEPTS = "supply_accepts"
IMAGE_BYTES = 8 * 1024 * 1024
# Files that are the same for everybody and hold nothing of the office.
PUBLIC_FILES = frozenset({"static", "bootstrap.static", "docs.static"})


@dataclass(frozen=True)
class Access:
    """Who may: everybody, anybody signed in, or whoever may do one of these actions."""

    is_public: bool = False
    actions: tuple[Action, ...] = ()

    def lets(self, actor: Actor | None, endpoint: str | None) -> bool:
        """Whether this actor gets in. From a station only to what is meant for stations; a device holds no action."""
        if self.is_public:
            return True
        if actor is None:
            return False
        if actor.level is not Level.password and not reached_from_station(endpoint, actor.level):
            return False
        if actor.level is Level.device or not self.actions:
            return True
        return any(actor.may(action) for action in self.actions)


@dataclass(frozen=True)
class Accepted:
    """Which bodies a route takes, and how large they may be, in bytes."""

    media_types: tuple[str, ...]
    limit: int


def allow(*actions: Action) -> Callable[[View], View]:
    """Declare that the route is for whoever may do any of these actions."""
    if not actions:
        raise ValueError("Name the actions, or use @anybody_signed_in.")
    return _declaring(ACCESS, Access(actions=actions))


def anybody_signed_in(view: View) -> View:
    """Declare that the route is for everybody who is signed in."""
    return _declaring(ACCESS, Access())(view)


def public(view: View) -> View:
    """Declare that the route needs no sign-in."""
    return _declaring(ACCESS, Access(is_public=True))(view)


def accepts(*media_types: str, limit: int = IMAGE_BYTES) -> Callable[[View], View]:
    """Declare that the route takes these media types, up to `limit` bytes, in place of JSON or a small form."""
    return _declaring(ACCEPTS, Accepted(media_types, limit))


def access_of(view: Callable[..., Any] | None) -> Access | None:
    """What the route declared; None when it declared nothing."""
    return getattr(view, ACCESS, None)


def accepted_by(view: Callable[..., Any] | None) -> Accepted | None:
    """Which bodies the route asked for; None when it takes the usual."""
    return getattr(view, ACCEPTS, None)


def _declaring(name: str, value: object) -> Callable[[View], View]:
    def declare(view: View) -> View:
        setattr(view, name, value)
        return view

    return declare
