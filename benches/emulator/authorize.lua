-- Arguments are visible to everybody on the machine, the environment is not.
wrk.headers["Authorization"] = "Bearer " .. os.getenv("MILLICAST_EMULATOR_API_SECRET")
