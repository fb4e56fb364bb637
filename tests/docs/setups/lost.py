import time

import millicast_tokens as mct
from millicast_tokens.testing import Emulator, fault

with Emulator() as emulator, emulator.client() as client:
    emulator.set_faults(fault("close-after", "publish.create", count=1))
    # BLOCK
