-- What was closed can be closed again, and is an error to use. The argument is the folder of the module.

package.path = arg[1] .. "/?.lua;" .. package.path
local millicast = require("millicast_tokens")
local client = millicast.client("secret", "http://127.0.0.1:1", 1000)
client:close()
client:close()
local done, why = pcall(client.delete_publish_token, client, 1ULL)
print(done, why.status)
local refused, what = pcall(millicast.client, "not a secret", nil, 1000)
print(refused, what.status, what.field)
print(millicast.id_text(18446744073709551615ULL), millicast.id_text(7))
