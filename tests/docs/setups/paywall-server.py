import os
import tempfile
import threading
import urllib.error
import urllib.request

from millicast_tokens.testing import Emulator

with Emulator() as emulator, emulator.client() as client, tempfile.NamedTemporaryFile("w") as file:
    file.write(client.subscribe_tokens.create("paywall", ["StageCam"]).json)
    file.flush()
    os.environ.update(PARENT_FILE=file.name, PORT="0")
    # BLOCK
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/"
    request = urllib.request.Request(address, b"", {"Session": "session-of-ann"})
    with urllib.request.urlopen(request) as answer:
        print(answer.status, emulator.verdict("StageCam", json.load(answer)["token"]))
    try:
        urllib.request.urlopen(urllib.request.Request(address, b""))
    except urllib.error.HTTPError as refused:
        print(refused.status)
    server.shutdown()
