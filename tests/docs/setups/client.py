import os
import time

import millicast_tokens as mct

client = mct.Client(os.environ["MILLICAST_API_SECRET"], base_url=os.environ["MILLICAST_API_URL"])
token_id = client.publish_tokens.create("Evening show", ["MainCam"]).id
parent = client.subscribe_tokens.create("website", ["StageCam"], expires=86400)
account_id = "mine"
# BLOCK
