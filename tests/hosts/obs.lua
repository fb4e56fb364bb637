-- A stand-in for as much of OBS's API as obs_publish_token.lua uses: sets the stream, presses the button, runs the
-- timer until it is removed, and prints what the script said and did. The argument is the script's folder.

local folder = arg[1]
local timer, button, service

function script_path() return folder .. "/" end

obslua = {
    LOG_INFO = 300,
    LOG_WARNING = 200,
    OBS_TEXT_DEFAULT = 0,
    script_log = function(level, text) print(level, text) end,
    timer_add = function(look) timer = look end,
    timer_remove = function(look) if timer == look then timer = nil end end,
    obs_data_create = function() return {} end,
    obs_data_set_string = function(data, name, value) data[name] = value end,
    obs_data_get_string = function(data, name) return data[name] end,
    obs_data_release = function() end,
    obs_properties_create = function() return {} end,
    obs_properties_add_text = function() end,
    obs_properties_add_button = function(_, _, _, pressed) button = pressed end,
    obs_service_create = function(kind, _, settings) return { kind = kind, settings = settings } end,
    obs_service_release = function() end,
    obs_frontend_set_streaming_service = function(made) service = made end,
    obs_frontend_save_streaming_service = function() end,
}

dofile(folder .. "/obs_publish_token.lua")
script_properties()
script_update({ stream = arg[2] })
button()
local ticks = 0
local sleep = require("socket").sleep
while timer do
    timer()
    ticks = ticks + 1
    sleep(0.005)
end
script_unload()
if service then print(service.kind, service.settings.server, #service.settings.bearer_token) end
print("ticks", ticks)
