SECRET=my-secret
created() {
    curl -sS -H "Authorization: Bearer $SECRET" -H 'Content-Type: application/json' \
        -d '{"label": "x", "streams": [{"streamName": "show"}]}' "http://127.0.0.1:40123/api/$1" |
        python3 -c 'import json, sys; print(json.load(sys.stdin)["data"]["token"])'
}
PUBLISH_TOKEN=$(created publish_token)
SUBSCRIBE_TOKEN=$(created subscribe_token)
# BLOCK
