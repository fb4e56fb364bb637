"""The version of this package, which is the version of the C header that it was written for."""

__version__ = "0.1.0"

#: (major, minor, patch), the header's MCT_VERSION_MAJOR, MCT_VERSION_MINOR and MCT_VERSION_PATCH.
HEADER_VERSION = (0, 1, 0)

#: The header's MCT_VERSION_NUMBER.
HEADER_VERSION_NUMBER = HEADER_VERSION[0] * 10000 + HEADER_VERSION[1] * 100 + HEADER_VERSION[2]
