"""What a user does with the package once it is installed: runs the emulator that it brought, and makes calls to it."""

from pathlib import Path

import millicast_tokens as mct
from millicast_tokens import testing

brought = Path(mct.__file__).parent
assert Path(mct.library_path()).parent == brought, mct.library_path()
assert (brought / "millicast-emulator").is_file()

with testing.Emulator() as emulator, emulator.client() as client:
    token = client.subscribe_tokens.create("installed", ["show"])
    assert [one.id for one in client.subscribe_tokens.list_page()] == [token.id]
    with mct.Signer.from_token(token) as signer:
        signed = signer.sign(mct.Claims("show", 60))
    assert emulator.verdict("show", signed.jwt) == "admitted"
    client.subscribe_tokens.delete(token.id)
    assert client.subscribe_tokens.list_page() == []
