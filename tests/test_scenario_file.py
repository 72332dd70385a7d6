"""The form of scenario files: a parameter that has another name now is refused with it."""

import re

import pytest

from abm import scenario
from abm.engine.errors import InputError
from abm.scenario import PARAMS
from abm.scenario_file import RENAMED


@pytest.mark.parametrize("process", RENAMED)
def test_an_old_name_of_a_parameter_is_refused_with_the_new_one(process):
    for old, new in RENAMED[process].items():
        assert old not in PARAMS[process].model_fields
        assert new.split(",")[0] in PARAMS[process].model_fields
        for section in ("world", "policy"):
            key = f"{section}.{process}.{old}"
            with pytest.raises(InputError, match=re.escape(f"{key}: is now {new}")):
                scenario.default().with_values({key: 1})
