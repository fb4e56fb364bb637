import datetime

import millicast_tokens as mct
from millicast_tokens.testing import Emulator

now = datetime.datetime(2026, 6, 1, tzinfo=datetime.timezone.utc)
with Emulator(trust_forwarded=True) as emulator, emulator.client() as client:
    parent = client.subscribe_tokens.create("paywall", ["StageCam"])
    emulator.add_usage("StageCam", "tariff-gold", time=int(now.timestamp()), bytes_out=1000)
    # BLOCK
