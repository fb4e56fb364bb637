id=$(millicast-tokens publish create --label x --stream x -o json | python3 -c 'import json, sys; print(json.load(sys.stdin)["id"])')
# BLOCK
