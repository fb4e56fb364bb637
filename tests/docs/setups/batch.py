import millicast_tokens as mct

signer = mct.Signer(7, "the subscribe token's string")
claims = mct.Claims("StageCam", 60)
viewers = ["ann", "boris"]
addresses = ["192.0.2.1", "2001:db8::1"]
# BLOCK
assert len(tokens) == 2
