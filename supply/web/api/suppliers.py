"""/suppliers: who sends supplies."""

from supply.web.resource import resource

suppliers = resource("suppliers", "Suppliers: who sends supplies")
