"""Models of Mesa that begin at a later month than January 2015, from the checkpoints of a store."""

from pathlib import Path

from abm import scenario as scenarios
from abm.agents.model import Model
from abm.engine import clock, dated
from abm.engine.errors import InputError, shown
from abm.facts import facts
from abm.scenario import Scenario
from experiments.store import checkpoints
from experiments.store import store as stores
from experiments.store.checkpoints import Checkpoints
from experiments.store.store import Store
from experiments.sweeps import runner


def model_at(
    month: str,
    scenario: Scenario | str | Path | None = None,
    *,
    store: stores.Place | Store = stores.DEFAULT,
    history: float = checkpoints.MOST,
) -> Model:
    """A model of a scenario (None: the defaults) at the beginning of a month, 'YYYY-MM'.

    It goes on from the state that a store keeps; one that is missing is simulated and kept. Households that left before
    are not in it, unless somebody still refers to them: `Model.everybody` is False. history: bytes that the checkpoints
    of the store may take up; with 0 the model runs from January 2015 on, and holds everybody. Raises InputError.
    """
    given = scenarios.default() if scenario is None else scenario
    wanted = given if isinstance(given, Scenario) else scenarios.load(given)
    try:
        at = clock.index(dated.month(month))
    except (ValueError, TypeError):
        raise InputError(f"month: {shown(month)} is not a month: write it as YYYY-MM, like 2027-01") from None
    if not 0 < at < wanted.months:
        raise InputError(f"month: {month} is outside the run: give a month from 2015-02 to {wanted.until}")
    inputs = facts.load()
    known = Checkpoints(Store(store), inputs.digest, int(history))
    found = known.at(wanted, at)
    if found is None and known.most:
        runner.simulate(wanted.changed(until=month), inputs, None, known, (at,))
        found = known.at(wanted, at)
    model = Model(wanted, checkpoint=found)
    if found is None:  # no state is kept, or none so large
        model.run_for(at)
    return model
