# Whether the version that find_package() asks for is this one's. What the C interface has stays as it is within a major
# version, so a program gets along with every later one of the same major, and with none that is older than it asks for.
set(PACKAGE_VERSION "0.1.0")

set(PACKAGE_VERSION_COMPATIBLE FALSE)
string(REGEX MATCH "^[0-9]+" _millicast_tokens_major "${PACKAGE_VERSION}")
if(PACKAGE_FIND_VERSION_RANGE)
    set(_millicast_tokens_lowest "${PACKAGE_FIND_VERSION_MIN}")
    set(_millicast_tokens_lowest_major "${PACKAGE_FIND_VERSION_MIN_MAJOR}")
    if(PACKAGE_FIND_VERSION_RANGE_MAX STREQUAL "EXCLUDE")
        set(_millicast_tokens_is_below "${PACKAGE_VERSION}" VERSION_LESS "${PACKAGE_FIND_VERSION_MAX}")
    else()
        set(_millicast_tokens_is_below "${PACKAGE_VERSION}" VERSION_LESS_EQUAL "${PACKAGE_FIND_VERSION_MAX}")
    endif()
else()
    set(_millicast_tokens_lowest "${PACKAGE_FIND_VERSION}")
    set(_millicast_tokens_lowest_major "${PACKAGE_FIND_VERSION_MAJOR}")
    set(_millicast_tokens_is_below TRUE)
endif()

if(NOT PACKAGE_FIND_VERSION)
    set(PACKAGE_VERSION_COMPATIBLE TRUE)
elseif(_millicast_tokens_lowest_major EQUAL _millicast_tokens_major
       AND _millicast_tokens_lowest VERSION_LESS_EQUAL PACKAGE_VERSION
       AND (${_millicast_tokens_is_below}))
    set(PACKAGE_VERSION_COMPATIBLE TRUE)
    if(PACKAGE_FIND_VERSION VERSION_EQUAL PACKAGE_VERSION)
        set(PACKAGE_VERSION_EXACT TRUE)
    endif()
endif()

unset(_millicast_tokens_major)
unset(_millicast_tokens_lowest)
unset(_millicast_tokens_lowest_major)
unset(_millicast_tokens_is_below)
