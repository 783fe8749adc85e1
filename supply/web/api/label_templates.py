"""/label-templates: label templates of the office."""

from supply.web.resource import resource

label_templates = resource("label-templates", "Label templates of the office")
