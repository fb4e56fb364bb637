mkdir -p ~/.secrets
printf my-secret > ~/.secrets/local
chmod 600 ~/.secrets/local
unset MILLICAST_API_SECRET MILLICAST_API_URL XDG_CONFIG_HOME
MILLICAST_EMULATOR_API_SECRET=my-secret "$MILLICAST_EMULATOR" --listen 127.0.0.1:40123 &
# BLOCK
