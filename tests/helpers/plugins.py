"""Small plug-ins, written to files."""

from pathlib import Path

from abm.scenario import Scenario
from tests.helpers.runs import small

HEAD = "AFTER = 'learning'\nWRITES = ()\nEVENTS = {'e': 'newcomers'}\n"
STEP = HEAD + "def step(state, params, draws):\n    "
PARAMS = "from abm.engine.params import *\nfrom abm.engine.together import Whole\nclass Params(ProcessParams):\n    "
COUNT = """
from abm.observe.measure import level
@level("persons", en="A count", nl="Een telling")
def counted(month):
    "A count."
    return """
SHARE = PARAMS + "share: float = param(0.5, 'share', 0, 1, 'assumption', 'a share', lever=True)\n"


def plugin(folder: Path, text: str, name: str = "mine") -> Path:
    """A plug-in with this text."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}.py"
    file.write_text(text)
    return file


def with_text(folder: Path, text: str, name: str = "mine", until: str = "2015-01") -> Scenario:
    """A tiny scenario with a plug-in of this text."""
    return small(until, scale=0.002).with_plugins(plugin(folder, text, name))
