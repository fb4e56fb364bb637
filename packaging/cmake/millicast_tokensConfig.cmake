# find_package(millicast_tokens 0.1 REQUIRED) gives, as far as they are installed:
#
#   millicast_tokens::shared      the C interface, with the shared library
#   millicast_tokens::static      the C interface, linked into the program, with what it needs of the system
#   millicast_tokens::cpp         the C++ binding (C++17), with the shared library
#   millicast_tokens::cpp_static  the C++ binding, with the static library
#   millicast_tokens_EMULATOR     the program millicast-emulator, for tests
#
# All is found from where this file lies, so that an installation may be moved as a whole.
# The policies alone, for this file: cmake_minimum_required() would set a variable of the project's.
cmake_policy(VERSION 3.13)

# The links of a system whose /lib is /usr/lib lead away from its headers.
get_filename_component(_millicast_tokens_here "${CMAKE_CURRENT_LIST_DIR}" REALPATH)
# PREFIX/lib/cmake/NAME and PREFIX/lib/ARCHITECTURE/cmake/NAME; PREFIX/share/cmake/NAME.
foreach(_millicast_tokens_up "../../.." "../../../..")
    get_filename_component(_millicast_tokens_prefix "${_millicast_tokens_here}/${_millicast_tokens_up}" ABSOLUTE)
    if(EXISTS "${_millicast_tokens_prefix}/include/millicast_tokens.h")
        break()
    endif()
endforeach()
set(_millicast_tokens_include "${_millicast_tokens_prefix}/include")
foreach(_millicast_tokens_candidate "${_millicast_tokens_here}/../.." "${_millicast_tokens_prefix}/lib"
        "${_millicast_tokens_prefix}/lib/${CMAKE_LIBRARY_ARCHITECTURE}" "${_millicast_tokens_prefix}/lib64")
    get_filename_component(_millicast_tokens_libdir "${_millicast_tokens_candidate}" ABSOLUTE)
    if(EXISTS "${_millicast_tokens_libdir}/libmillicast_tokens.so" OR EXISTS "${_millicast_tokens_libdir}/libmillicast_tokens.a")
        break()
    endif()
endforeach()

# Whom find_package() leaves without a target it tells why.
if(NOT EXISTS "${_millicast_tokens_include}/millicast_tokens.h")
    set(millicast_tokens_FOUND FALSE)
    set(millicast_tokens_NOT_FOUND_MESSAGE "there is no include/millicast_tokens.h above ${_millicast_tokens_here}")
    return()
endif()

function(_millicast_tokens_import name kind file)
    if(EXISTS "${file}" AND NOT TARGET millicast_tokens::${name})
        add_library(millicast_tokens::${name} ${kind} IMPORTED)
        set_target_properties(millicast_tokens::${name} PROPERTIES
            IMPORTED_LOCATION "${file}"
            INTERFACE_INCLUDE_DIRECTORIES "${_millicast_tokens_include}")
    endif()
endfunction()

function(_millicast_tokens_bind name library)
    if(TARGET millicast_tokens::${library} AND EXISTS "${_millicast_tokens_include}/millicast_tokens.hpp"
       AND NOT TARGET millicast_tokens::${name})
        add_library(millicast_tokens::${name} INTERFACE IMPORTED)
        set_target_properties(millicast_tokens::${name} PROPERTIES
            INTERFACE_LINK_LIBRARIES millicast_tokens::${library}
            INTERFACE_COMPILE_FEATURES cxx_std_17)
    endif()
endfunction()

_millicast_tokens_import(shared SHARED "${_millicast_tokens_libdir}/libmillicast_tokens.so")
_millicast_tokens_import(static STATIC "${_millicast_tokens_libdir}/libmillicast_tokens.a")
if(TARGET millicast_tokens::static)
    # What rustc says that its static libraries need, but for what the compiler adds by itself. Linux only, as the rest.
    set_target_properties(millicast_tokens::static PROPERTIES INTERFACE_LINK_LIBRARIES "util;rt;pthread;m;dl")
    # What it is linked into is not to be unloaded, should that be a library that a program loads.
    set_target_properties(millicast_tokens::static PROPERTIES INTERFACE_LINK_OPTIONS "LINKER:-z,nodelete")
endif()
_millicast_tokens_bind(cpp shared)
_millicast_tokens_bind(cpp_static static)

set(millicast_tokens_EMULATOR "${_millicast_tokens_prefix}/bin/millicast-emulator")
if(NOT EXISTS "${millicast_tokens_EMULATOR}")
    set(millicast_tokens_EMULATOR "millicast_tokens_EMULATOR-NOTFOUND")
endif()

foreach(_millicast_tokens_component IN LISTS millicast_tokens_FIND_COMPONENTS)
    if(TARGET millicast_tokens::${_millicast_tokens_component})
        set(millicast_tokens_${_millicast_tokens_component}_FOUND TRUE)
    elseif(millicast_tokens_FIND_REQUIRED_${_millicast_tokens_component})
        set(millicast_tokens_FOUND FALSE)
        set(millicast_tokens_NOT_FOUND_MESSAGE "millicast_tokens::${_millicast_tokens_component} is not installed")
    endif()
endforeach()

unset(_millicast_tokens_here)
unset(_millicast_tokens_up)
unset(_millicast_tokens_prefix)
unset(_millicast_tokens_include)
unset(_millicast_tokens_candidate)
unset(_millicast_tokens_libdir)
unset(_millicast_tokens_component)
