-- Creates tokens, lists them, signs one for a viewer, asks an emulator's director about it, and deletes them again.
-- MILLICAST_API_SECRET and MILLICAST_API_URL say as whom and where.

local folder = arg[0]:match("^(.*/)") or "./"
package.path = folder .. "?.lua;" .. package.path

local http = require("socket.http")
local ltn12 = require("ltn12")
local socket = require("socket")
local millicast = require("millicast_tokens")

local STREAM = "StageCam"
local TIMEOUT_MS = 5000

-- What the director says to a viewer: true, or false and the rule that is broken.
local function ask_director(url, jwt)
    http.TIMEOUT = TIMEOUT_MS / 1000
    local body, answer = ('{"streamName": "%s"}'):format(STREAM), {}
    local sent, status = http.request({
        url = url .. "/api/director/subscribe",
        method = "POST",
        headers = { authorization = "Bearer " .. jwt, ["content-length"] = #body },
        source = ltn12.source.string(body),
        sink = ltn12.sink.table(answer),
    })
    assert(sent, "the director does not answer: " .. tostring(status))
    local rule = table.concat(answer):match('"rule"%s*:%s*"([^"]*)"') or "?"
    return status == 200, ("%s, HTTP %d"):format(rule, status)
end

-- Expects a failure, and shows it.
local function show_refusal(what, call)
    local done, why = pcall(call)
    assert(not done, what .. " was not refused")
    print(("%s is refused: %s"):format(what, tostring(why)))
end

local function create_publish_token(client, label, streams)
    local call = client:start_create_publish_token(label, streams, 3600)
    return millicast.using(call, function()
        while not call:is_done() do socket.sleep(0.005) end -- in OBS a timer looks from time to time
        return call:take_publish_token()
    end)
end

local function sign_for_viewers(url, parent)
    millicast.using(parent:signer(), function(signer)
        local jwt, expires_at = signer:sign(STREAM, 60, "Zoë")
        print(("signed a token of %d characters, good for %d s"):format(#jwt, expires_at - os.time()))
        local admitted, why = ask_director(url, jwt)
        assert(admitted, "the director refuses the token: " .. why)
        print("the director admits the viewer")
        show_refusal("signing for another stream", function() signer:sign("BackupCam", 60, "Zoë") end)
    end)
    millicast.using(parent:unchecked_signer(), function(signer)
        local admitted, why = ask_director(url, (signer:sign(STREAM, 60, "Zoë", os.time() - 3600)))
        assert(not admitted, "the director admits an expired token")
        print("the director refuses an expired token: " .. why)
    end)
end

local function list(client)
    local ids = {}
    for _, id in ipairs(client:publish_token_ids()) do ids[#ids + 1] = millicast.id_text(id) end
    print("publish tokens: " .. table.concat(ids, " "))
end

-- Makes a token and goes on with `body`; the token is deleted at the end, however that comes.
local function with_token(kind, token, delete, body)
    return millicast.using(token, function()
        local id = token:id()
        print(("created %s token %s"):format(kind, millicast.id_text(id)))
        local done, why = pcall(body, token)
        local deleted, why_not = pcall(delete, id)
        if deleted then print(("deleted %s token %s"):format(kind, millicast.id_text(id))) end
        if not (done and deleted) then error(done and why_not or why, 0) end
        return id
    end)
end

local function guide(client, url)
    show_refusal("a token without streams", function() create_publish_token(client, "Lua guide", {}) end)
    local function delete_publish(id) client:delete_publish_token(id) end
    local function delete_subscribe(id) client:delete_subscribe_token(id) end
    local id = with_token("publish", create_publish_token(client, "Lua guide", { STREAM }), delete_publish, function()
        list(client)
        local parent = client:create_subscribe_token("Lua guide", { STREAM }, 3600)
        with_token("subscribe", parent, delete_subscribe, function() sign_for_viewers(url, parent) end)
    end)
    show_refusal("deleting it again", function() delete_publish(id) end)
end

local function main()
    local secret, url = os.getenv("MILLICAST_API_SECRET"), os.getenv("MILLICAST_API_URL")
    assert(secret and url, "set MILLICAST_API_SECRET, and MILLICAST_API_URL to an emulator's address")
    print("millicast-tokens " .. millicast.version)
    millicast.using(millicast.client(secret, url, TIMEOUT_MS), function(client) guide(client, url) end)
end

local done, why = pcall(main)
if not done then
    io.stderr:write("failed: ", tostring(why), "\n")
    os.exit(1)
end
