"""A model with Mesa's own collector."""

import mesa
import numpy as np

from abm import Household, Model, Municipality
from abm.tables.people import Stage


def in_reception(model):
    return int(np.isin(model.households.get("stage"), [Stage.HOUSED, Stage.RETURNED, Stage.UNKNOWN], invert=True).sum())


def homes_let(town):
    return town.let


def stage(household):
    return household.stage


class Collected(Model):
    """A model with Mesa's own collector; its reporters are functions, as Mesa cannot pickle attribute names."""

    def __init__(self, **parameters):
        super().__init__(**parameters)
        self.datacollector = mesa.DataCollector(
            model_reporters={"reception": in_reception, "month": "month"},
            agenttype_reporters={Municipality: {"let": homes_let}, Household: {"stage": stage}},
        )

    def step(self):
        super().step()
        self.datacollector.collect(self)
