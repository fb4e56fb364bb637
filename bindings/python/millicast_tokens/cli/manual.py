"""What the help and the manual page say besides the commands."""

from __future__ import annotations

#: The variables that are read: the name, and what it is for.
ENVIRONMENT = (
    ("MILLICAST_API_SECRET", "the API secret"),
    ("MILLICAST_API_URL", "the platform's address, where neither --base-url nor a named profile says it"),
    ("MILLICAST_PROFILE", "the profile to use, as --profile"),
    ("MILLICAST_CONFIG", "the configuration file, as --config"),
    ("MILLICAST_ACCOUNT_ID", "the account, for publish active --stream"),
    ("MILLICAST_SUBSCRIBE_TOKEN", "the parent's string or JSON, for sign, sign-bulk and verify"),
    ("MILLICAST_PROXY", "an HTTP proxy, which may have a password here"),
    ("MILLICAST_EMULATOR_API_SECRET", "the secret of the emulator that emulator runs"),
    ("NO_COLOR", "no colours, if it is not empty"),
)

#: What a configuration file may look like.
CONFIGURATION = """\
default_profile = "live"

[profiles.live]
account_id = "a1B2c3"
api_secret_keyring = "live"       # keyring set millicast-tokens live

[profiles.staging]
base_url = "https://api.staging.example.com"
api_secret_file = "~/.secrets/staging"
timeout = 10

[profiles.local]
base_url = "http://127.0.0.1:8080"
api_secret = "the emulator's"     # or api_secret_env = "NAME"
"""

CONFIGURATION_TEXT = (
    "The file is $XDG_CONFIG_HOME/millicast-tokens/config.toml, or ~/.config/millicast-tokens/config.toml. It is "
    "refused where others can read or change it: chmod 600. A profile may have base_url, account_id, timeout, "
    "connect_timeout, max_retries, proxy, ca_file, allow_insecure_http, and one of api_secret, api_secret_file, "
    "api_secret_keyring and api_secret_env.",
    "An option counts before a profile that --profile or MILLICAST_PROFILE names, that before the environment, and "
    "that before the file's default_profile.",
)
