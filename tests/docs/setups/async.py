import asyncio
import functools
import os

import millicast_tokens as mct

api_secret = os.environ["MILLICAST_API_SECRET"]
mct.AsyncClient = functools.partial(mct.AsyncClient, base_url=os.environ["MILLICAST_API_URL"])


async def main():
    # BLOCK


asyncio.run(main())
