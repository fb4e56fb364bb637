import functools
import os
import tempfile

import certifi
import millicast_tokens
from dolbyio_rest_apis.core import urls
from millicast_tokens.testing import Emulator

# The vendor's client has no setting for where the platform is, nor for what to trust.
with tempfile.TemporaryDirectory() as tls, Emulator(tls=tls, first_id=1000) as emulator:
    authority = emulator.certificate
    os.environ["SSL_CERT_FILE"] = str(authority)
    certifi.where = lambda: str(authority)
    urls.SAPI_URL = emulator.url.removeprefix("https://")
    api_secret = emulator.secret
    millicast_tokens.AsyncClient = functools.partial(millicast_tokens.AsyncClient, base_url=emulator.url)
    # BLOCK
