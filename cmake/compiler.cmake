# SPDX-License-Identifier: GPL-3.0-or-later
# Language, warnings, sanitizers, linker and compiler cache for every target.

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
    message(FATAL_ERROR "GCC before 14 destroys temporaries twice in coroutines; "
        "configure with a preset (clang++-19) or a newer compiler.")
endif()

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# A user's build keeps its assertions.
set(CMAKE_CXX_FLAGS_RELEASE "-O2")
set(CMAKE_C_FLAGS_RELEASE "-O2")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1 -fno-omit-frame-pointer")

add_compile_options(-Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wimplicit-fallthrough -Werror=return-type
    -Werror=unused-result -Wthread-safety -Werror=switch)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # Makes precompiled headers independent of their time stamp, so that a compiler cache may keep them.
    add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
endif()

set(MAXIOFS_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize takes them")
if(MAXIOFS_SANITIZE)
    add_compile_options(-fsanitize=${MAXIOFS_SANITIZE} -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${MAXIOFS_SANITIZE})
endif()

find_program(MAXIOFS_LLD NAMES ld.lld-19)
if(MAXIOFS_LLD)
    add_link_options(-fuse-ld=${MAXIOFS_LLD})
endif()

find_program(MAXIOFS_CCACHE NAMES ccache)
if(MAXIOFS_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
        ${MAXIOFS_CCACHE})
endif()
