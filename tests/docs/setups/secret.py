import os

api_secret = os.environ["MILLICAST_API_SECRET"]
import millicast_tokens

_Client = millicast_tokens.Client
millicast_tokens.Client = lambda secret: _Client(secret, base_url=os.environ["MILLICAST_API_URL"])
# BLOCK
