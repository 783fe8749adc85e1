"""Every module that defines tables, imported once so that the schema knows them all."""

from supply.audit import models as audit
from supply.jobs import models as jobs
from supply.staff import models as staff
from supply.stations import models as stations
from supply.stock import models as stock

TABLES = (audit, staff, stock, stations, jobs)
