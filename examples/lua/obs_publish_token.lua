-- A script for OBS Studio: a button that creates a publish token for one stream and hands it to a WHIP service.
--
-- It has been run against the tests' own stand-in for OBS's API, and not in OBS itself. OBS calls scripts on threads
-- that must not wait, so that the call is started here and a timer looks for its end. The API secret comes from the
-- environment that OBS was started with (MILLICAST_API_SECRET), and is no setting: OBS keeps those in plain text.

local obs = obslua
package.path = script_path() .. "?.lua;" .. package.path
local millicast = require("millicast_tokens")

local LOOK_EVERY_MS = 50
local WHIP_SERVER = "https://director.millicast.com/api/whip/"
local stream, client, call

local function say(level, text)
    obs.script_log(level, text)
end

local function close()
    if call then call:close() end
    if client then client:close() end
    call, client = nil, nil
end

-- The token goes to OBS's service settings, which OBS keeps.
local function use(token)
    local settings = obs.obs_data_create()
    obs.obs_data_set_string(settings, "server", WHIP_SERVER .. stream)
    obs.obs_data_set_string(settings, "bearer_token", token:value())
    local service = obs.obs_service_create("whip_custom", "millicast", settings, nil)
    obs.obs_frontend_set_streaming_service(service)
    obs.obs_frontend_save_streaming_service()
    obs.obs_service_release(service)
    obs.obs_data_release(settings)
    say(obs.LOG_INFO, "publishes with token " .. millicast.id_text(token:id()))
end

local function look()
    if not call:is_done() then return end
    obs.timer_remove(look)
    local done, why = pcall(function() millicast.using(call:take_publish_token(), use) end)
    if not done then say(obs.LOG_WARNING, tostring(why)) end
    close()
end

local function start()
    if call then return end
    local done, why = pcall(function()
        client = millicast.client(os.getenv("MILLICAST_API_SECRET"), os.getenv("MILLICAST_API_URL"), 10000)
        call = client:start_create_publish_token("OBS", { stream }, 86400)
    end)
    if done then
        obs.timer_add(look, LOOK_EVERY_MS)
    else
        say(obs.LOG_WARNING, tostring(why))
        close()
    end
end

function script_description()
    return "Creates a Millicast publish token, and publishes with it by WHIP."
end

function script_properties()
    local properties = obs.obs_properties_create()
    obs.obs_properties_add_text(properties, "stream", "Stream name", obs.OBS_TEXT_DEFAULT)
    obs.obs_properties_add_button(properties, "create", "Create a token", function()
        start()
        return false
    end)
    return properties
end

function script_update(settings)
    stream = obs.obs_data_get_string(settings, "stream")
end

function script_unload()
    obs.timer_remove(look)
    close()
end
