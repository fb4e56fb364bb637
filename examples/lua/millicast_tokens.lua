-- Publish and subscribe tokens from LuaJIT, over the C interface: what guide.lua and obs_publish_token.lua use of it.
--
-- Whatever can fail raises a table with `status`, `message`, `field`, `http_status` and `reason`; tostring() makes a
-- line of it. Ids are uint64_t cdata, which keep all their 64 bits; id_text() writes one. What is made here is freed by
-- the collector at the latest. It knows little of what lies behind a handle: close() ends connections and wipes secrets
-- at once. What was closed is NULL to the library, which then answers with an error.

local ffi = require("ffi")

-- As in millicast_tokens.h.
ffi.cdef [[
typedef int32_t mct_status;
typedef int32_t mct_reason;
typedef int32_t mct_algorithm;
typedef struct mct_error mct_error;
typedef struct mct_subscribe_token mct_subscribe_token;
typedef struct mct_claims mct_claims;
typedef struct mct_signer mct_signer;
typedef struct mct_client_config mct_client_config;
typedef struct mct_client mct_client;
typedef struct mct_list_options mct_list_options;
typedef struct mct_publish_token mct_publish_token;
typedef struct mct_publish_token_list mct_publish_token_list;
typedef struct mct_publish_token_spec mct_publish_token_spec;
typedef struct mct_subscribe_token_spec mct_subscribe_token_spec;
typedef struct mct_call_options mct_call_options;
typedef struct mct_call mct_call;

const char *mct_version_string(void);
void mct_string_free(char *text);
const char *mct_status_name(mct_status status);
const char *mct_error_message(const mct_error *error);
const char *mct_error_field(const mct_error *error);
int mct_error_http_status(const mct_error *error);
mct_reason mct_error_reason(const mct_error *error);
void mct_error_free(mct_error *error);

mct_status mct_client_config_new(const char *api_secret, mct_client_config **out, mct_error **error);
mct_status mct_client_config_set_base_url(mct_client_config *config, const char *base_url, mct_error **error);
mct_status mct_client_config_set_timeout_ms(mct_client_config *config, uint32_t milliseconds, mct_error **error);
void mct_client_config_free(mct_client_config *config);
mct_status mct_client_new(const mct_client_config *config, mct_client **out, mct_error **error);
void mct_client_free(mct_client *client);

mct_status mct_publish_token_spec_new(const char *label, mct_publish_token_spec **out, mct_error **error);
mct_status mct_publish_token_spec_add_stream(mct_publish_token_spec *spec, const char *name, bool is_regex, mct_error
    **error);
mct_status mct_publish_token_spec_set_expires(mct_publish_token_spec *spec, uint32_t seconds, mct_error **error);
void mct_publish_token_spec_free(mct_publish_token_spec *spec);
mct_status mct_publish_token_create_start(mct_client *client, const mct_publish_token_spec *spec,
    const mct_call_options *options, mct_call **out, mct_error **error);
mct_status mct_publish_token_list_page(mct_client *client, const mct_list_options *options, mct_publish_token_list
    **out,
    mct_error **error);
mct_status mct_publish_token_delete(mct_client *client, uint64_t id, mct_error **error);
uint64_t mct_publish_token_id(const mct_publish_token *token);
const char *mct_publish_token_value(const mct_publish_token *token);
void mct_publish_token_free(mct_publish_token *token);
size_t mct_publish_token_list_len(const mct_publish_token_list *list);
const mct_publish_token *mct_publish_token_list_get(const mct_publish_token_list *list, size_t index);
void mct_publish_token_list_free(mct_publish_token_list *list);

bool mct_call_is_done(const mct_call *call);
mct_status mct_call_take_publish_token(mct_call *call, mct_publish_token **out, mct_error **error);
void mct_call_free(mct_call *call);

mct_status mct_subscribe_token_spec_new(const char *label, mct_subscribe_token_spec **out, mct_error **error);
mct_status mct_subscribe_token_spec_add_stream(mct_subscribe_token_spec *spec, const char *name, bool is_regex,
    mct_error **error);
mct_status mct_subscribe_token_spec_set_expires(mct_subscribe_token_spec *spec, uint32_t seconds, mct_error **error);
void mct_subscribe_token_spec_free(mct_subscribe_token_spec *spec);
mct_status mct_subscribe_token_create(mct_client *client, const mct_subscribe_token_spec *spec, mct_subscribe_token
    **out,
    mct_error **error);
mct_status mct_subscribe_token_delete(mct_client *client, uint64_t id, mct_error **error);
uint64_t mct_subscribe_token_id(const mct_subscribe_token *token);
const char *mct_subscribe_token_value(const mct_subscribe_token *token);
void mct_subscribe_token_free(mct_subscribe_token *token);

mct_status mct_claims_new(const char *stream_name, uint32_t lifetime_seconds, mct_claims **out, mct_error **error);
mct_status mct_claims_set_custom_viewer_data(mct_claims *claims, const char *viewer, mct_error **error);
mct_status mct_claims_set_issued_at(mct_claims *claims, int64_t unix_seconds, mct_error **error);
void mct_claims_free(mct_claims *claims);
mct_status mct_signer_new(uint64_t token_id, const char *token, mct_algorithm algorithm, mct_signer **out, mct_error
    **error);
mct_status mct_signer_from_token(const mct_subscribe_token *token, mct_algorithm algorithm, mct_signer **out, mct_error
    **error);
mct_status mct_signer_sign(const mct_signer *signer, const mct_claims *claims, char **jwt, int64_t *expires_at,
    mct_error **error);
void mct_signer_free(mct_signer *signer);
]]

local MCT_OK = 0
local MCT_HS256 = 256

local lib = ffi.load(os.getenv("MILLICAST_TOKENS_LIBRARY") or "libmillicast_tokens.so.0")

-- A text that was lent, copied. A NULL pointer equals nil, but is no false value.
local function text(pointer)
    return pointer ~= nil and ffi.string(pointer) or nil
end

local Error = {}
Error.__index = Error

function Error:__tostring()
    local parts = { self.status }
    if self.http_status ~= 0 then parts[#parts + 1] = "HTTP " .. self.http_status end
    if self.field then parts[#parts + 1] = "field " .. self.field end
    if self.reason ~= 0 then parts[#parts + 1] = "reason " .. self.reason end
    return table.concat(parts, ", ") .. ": " .. (self.message or "?")
end

-- Makes a call, with an error as its last argument, and raises what it failed with.
local function check(call)
    local failure = ffi.new("mct_error *[1]")
    local status = call(failure)
    if status == MCT_OK then return end
    local raised = setmetatable({
        status = ffi.string(lib.mct_status_name(status)),
        message = text(lib.mct_error_message(failure[0])),
        field = text(lib.mct_error_field(failure[0])),
        http_status = lib.mct_error_http_status(failure[0]),
        reason = lib.mct_error_reason(failure[0]),
    }, Error)
    lib.mct_error_free(failure[0])
    error(raised, 0)
end

local function invalid(field, problem)
    local message = field .. ": " .. problem
    error(setmetatable({
        status = "MCT_ERR_INVALID_ARGUMENT", message = message, field = field, http_status = 0, reason = 0,
    }, Error), 0)
end

-- A text as C takes it, which would end it at a NUL. What was given is not shown: it may be a secret.
local function whole_text(field, given)
    if type(given) == "string" and given:find("\0", 1, true) then invalid(field, "must not hold U+0000") end
    return given
end

-- A number as C takes it, which would cut it to what fits.
local function whole_number(field, given, least, most)
    local number = type(given) == "cdata" and tonumber(given) or given
    if type(number) ~= "number" then invalid(field, "must be a number, given is a " .. type(given)) end
    if not (number >= least and number <= most and number % 1 == 0) then -- so that NaN is refused as well
        invalid(field, ("must be a whole number from %.0f to %.0f, given is %s"):format(least, most, tostring(given)))
    end
    return number
end

local MOST_EXACT = 2 ^ 53 - 1 -- of Lua's numbers

local function u32(field, given) return whole_number(field, given, 0, 2 ^ 32 - 1) end

local function id_of(given)
    return ffi.istype("uint64_t", given) and given or whole_number("tokenId", given, 0, MOST_EXACT)
end

-- A kind of handle: `new` makes an object around what a call gives out, and close() frees it.
local function class(name)
    local kind, array, free = {}, ffi.typeof(name .. " *[1]"), lib[name .. "_free"]
    kind.__index = kind

    function kind.new(call)
        local out = array()
        check(function(failure) return call(out, failure) end)
        return setmetatable({ handle = ffi.gc(out[0], free) }, kind)
    end

    function kind:close()
        local handle = self.handle
        self.handle = nil
        if handle ~= nil then free(ffi.gc(handle, nil)) end
    end

    return kind
end

local Config = class("mct_client_config")
local Client = class("mct_client")
local Call = class("mct_call")
local PublishSpec = class("mct_publish_token_spec")
local PublishToken = class("mct_publish_token")
local PublishList = class("mct_publish_token_list")
local SubscribeSpec = class("mct_subscribe_token_spec")
local SubscribeToken = class("mct_subscribe_token")
local Signer = class("mct_signer")
local Claims = class("mct_claims")

-- Closes an object when `body` is done with it, however that ends.
local function using(object, body)
    local done, result = pcall(body, object)
    object:close()
    if not done then error(result, 0) end
    return result
end

local M = { version = ffi.string(lib.mct_version_string()), using = using }

-- The digits of an id: tostring() adds the suffix "ULL".
function M.id_text(id)
    return (tostring(ffi.cast("uint64_t", id)):gsub("ULL$", ""))
end

-- A client. `base_url` nil: the platform's own. `timeout_ms` bounds each call whole.
function M.client(secret, base_url, timeout_ms)
    secret, base_url = whole_text("api_secret", secret), whole_text("base_url", base_url)
    timeout_ms = u32("timeout_ms", timeout_ms or 30000)
    local config = Config.new(function(out, e) return lib.mct_client_config_new(secret, out, e) end)
    return using(config, function()
        if base_url then
            check(function(e) return lib.mct_client_config_set_base_url(config.handle, base_url, e) end)
        end
        check(function(e) return lib.mct_client_config_set_timeout_ms(config.handle, timeout_ms, e) end)
        return Client.new(function(out, e) return lib.mct_client_new(config.handle, out, e) end)
    end)
end

-- Starts to create a publish token, and comes back at once: the host's timer asks is_done(), and then takes it. For
-- hosts that must not stand still, as OBS while it is live.
function Client:start_create_publish_token(label, streams, expires_seconds)
    label, expires_seconds = whole_text("label", label), u32("expires", expires_seconds)
    local spec = PublishSpec.new(function(out, e) return lib.mct_publish_token_spec_new(label, out, e) end)
    return using(spec, function()
        for _, name in ipairs(streams) do
            name = whole_text("streamName", name)
            check(function(e) return lib.mct_publish_token_spec_add_stream(spec.handle, name, false, e) end)
        end
        check(function(e) return lib.mct_publish_token_spec_set_expires(spec.handle, expires_seconds, e) end)
        return Call.new(function(out, e)
            return lib.mct_publish_token_create_start(self.handle, spec.handle, nil, out, e)
        end)
    end)
end

function Call:is_done()
    return lib.mct_call_is_done(self.handle)
end

function Call:take_publish_token()
    return PublishToken.new(function(out, e) return lib.mct_call_take_publish_token(self.handle, out, e) end)
end

function PublishToken:id() return lib.mct_publish_token_id(self.handle) end
-- The secret string that a broadcaster publishes with. What is a Lua string is not wiped.
function PublishToken:value() return text(lib.mct_publish_token_value(self.handle)) end

-- The ids of the first hundred publish tokens.
function Client:publish_token_ids()
    local list = PublishList.new(function(out, e)
        return lib.mct_publish_token_list_page(self.handle, nil, out, e)
    end)
    return using(list, function()
        local ids = {}
        for index = 0, tonumber(lib.mct_publish_token_list_len(list.handle)) - 1 do
            ids[#ids + 1] = lib.mct_publish_token_id(lib.mct_publish_token_list_get(list.handle, index))
        end
        return ids
    end)
end

function Client:delete_publish_token(id)
    id = id_of(id)
    check(function(e) return lib.mct_publish_token_delete(self.handle, id, e) end)
end

function Client:create_subscribe_token(label, streams, expires_seconds)
    label, expires_seconds = whole_text("label", label), u32("expires", expires_seconds)
    local spec = SubscribeSpec.new(function(out, e) return lib.mct_subscribe_token_spec_new(label, out, e) end)
    return using(spec, function()
        for _, name in ipairs(streams) do
            name = whole_text("streamName", name)
            check(function(e) return lib.mct_subscribe_token_spec_add_stream(spec.handle, name, false, e) end)
        end
        check(function(e) return lib.mct_subscribe_token_spec_set_expires(spec.handle, expires_seconds, e) end)
        return SubscribeToken.new(function(out, e)
            return lib.mct_subscribe_token_create(self.handle, spec.handle, out, e)
        end)
    end)
end

function Client:delete_subscribe_token(id)
    id = id_of(id)
    check(function(e) return lib.mct_subscribe_token_delete(self.handle, id, e) end)
end

function SubscribeToken:id() return lib.mct_subscribe_token_id(self.handle) end

-- A signer that knows its parent, and refuses what the platform would.
function SubscribeToken:signer()
    return Signer.new(function(out, e) return lib.mct_signer_from_token(self.handle, MCT_HS256, out, e) end)
end

-- A signer that knows its parent's id and string alone.
function SubscribeToken:unchecked_signer()
    return Signer.new(function(out, e)
        return lib.mct_signer_new(self:id(), lib.mct_subscribe_token_value(self.handle), MCT_HS256, out, e)
    end)
end

-- Signs a token for one viewer: its text, and its end in Unix seconds. `issued_at` nil: now.
function Signer:sign(stream, lifetime_seconds, viewer, issued_at)
    stream, viewer = whole_text("streamName", stream), whole_text("customViewerData", viewer)
    lifetime_seconds = u32("lifetime_seconds", lifetime_seconds)
    issued_at = issued_at and whole_number("iat", issued_at, -MOST_EXACT, MOST_EXACT)
    local claims = Claims.new(function(out, e) return lib.mct_claims_new(stream, lifetime_seconds, out, e) end)
    local jwt, expires_at = ffi.new("char *[1]"), ffi.new("int64_t[1]")
    using(claims, function()
        check(function(e) return lib.mct_claims_set_custom_viewer_data(claims.handle, viewer, e) end)
        if issued_at then check(function(e) return lib.mct_claims_set_issued_at(claims.handle, issued_at, e) end) end
        check(function(e) return lib.mct_signer_sign(self.handle, claims.handle, jwt, expires_at, e) end)
    end)
    local signed = ffi.string(jwt[0])
    lib.mct_string_free(jwt[0])
    return signed, tonumber(expires_at[0])
end

return M
