"""Every module that defines tables, imported once so that the schema knows them all."""

from supply.alerts import models as alerts
from supply.audit import models as audit
from supply.backup import models as backup
from supply.jobs import models as jobs
from supply.labels import models as labels
from supply.purchasing import models as purchasing
from supply.staff import models as staff
from supply.stations import downtime_models as downtime
from supply.stations import models as stations
from supply.stock import models as stock
from supply.waste import models as waste

TABLES = (audit, staff, stock, stations, downtime, labels, purchasing, waste, alerts, jobs, backup)
