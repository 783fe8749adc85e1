"""A program for `test_stopping`: serves on a free port, says which, and stops on SIGTERM."""

import sys
import time
from pathlib import Path

import supply.staff.models  # noqa: F401
from supply.db import Base, Database
from supply.settings import load
from supply.web.access import public
from supply.web.app import create_app
from supply.web.server import WebServer, serve_until_told


def main(folder: str) -> None:
    """Serve until told."""
    settings = load(None, {"SUPPLY_DATA": folder})
    db = Database(settings.database_url)
    Base.metadata.create_all(db.engine)
    app = create_app(db, settings)

    @app.get("/slow")
    @public
    def slow() -> str:
        Path(folder, "begun").touch()
        time.sleep(1)
        return "done"

    any_port = settings.model_copy(update={"server": settings.server.model_copy(update={"port": 0})})
    server = WebServer(app, any_port)
    started = server.start

    def start_and_say() -> None:
        started()
        print(server.port, flush=True)

    server.start = start_and_say  # type: ignore[method-assign]
    serve_until_told(server)
    print("stopped", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
