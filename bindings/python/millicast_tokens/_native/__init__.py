"""The C API by ctypes: types, loading and calls. Nothing here is public."""
