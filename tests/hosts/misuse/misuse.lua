-- Hands the module what it can't take ("refused"), or wears it out ("stress"). The first argument is its folder.

package.path = arg[1] .. "/?.lua;" .. package.path
local ffi = require("ffi")
local millicast = require("millicast_tokens")

local SECRET, URL = os.getenv("MILLICAST_API_SECRET"), os.getenv("MILLICAST_API_URL")
local NUL = "s3cret\0rest"

local function show(call, ...)
    local done, why = pcall(call, ...)
    print(done and "was taken" or tostring(why))
end

local function refused(client, signer)
    show(millicast.client, NUL, URL)
    show(millicast.client, SECRET, NUL)
    show(client.start_create_publish_token, client, NUL, { "s" }, 60)
    show(client.start_create_publish_token, client, "l", { "s", NUL }, 60)
    show(client.create_subscribe_token, client, NUL, { "s" }, 60)
    show(client.create_subscribe_token, client, "l", { "s", NUL }, 60)
    show(signer.sign, signer, NUL, 60, "viewer")
    show(signer.sign, signer, "StageCam", 60, NUL)
    print("numbers")
    for _, given in ipairs { -1, 2 ^ 32, 1.5, 0 / 0, "5", -5LL } do show(millicast.client, SECRET, URL, given) end
    show(client.start_create_publish_token, client, "l", { "s" }, 2 ^ 32 + 60)
    show(client.create_subscribe_token, client, "l", { "s" }, -1)
    show(signer.sign, signer, "StageCam", 60.5, "viewer")
    show(signer.sign, signer, "StageCam", 60, "viewer", 1.5)
    for _, given in ipairs { -1, 2 ^ 53, 1.5, -1LL } do show(client.delete_publish_token, client, given) end
    show(client.delete_subscribe_token, client, 1 / 0)
end

-- Leaves everything to the collector, which runs all the time.
local function stress(client, signer, parent)
    collectgarbage("setpause", 0)
    for _ = 1, 300 do
        local other = parent:signer()
        assert(#other:sign("StageCam", 60, "viewer") > 100 and #signer:sign("StageCam", 60, "viewer") > 100)
        client:start_create_publish_token("l", { "StageCam" }, 60)
        pcall(client.start_create_publish_token, client, "l", {}, 60)
        collectgarbage()
    end
    signer:close()
    parent:close()
    client:close()
    client:close()
    show(signer.sign, signer, "StageCam", 60, "viewer")
    show(parent.signer, parent)
    show(client.delete_publish_token, client, ffi.cast("uint64_t", 1))
end

local client = millicast.client(SECRET, URL, 5000)
local parent = client:create_subscribe_token("Lua", { "StageCam" }, 3600)
local mode = arg[2] == "refused" and refused or stress
mode(client, parent:signer(), parent)
