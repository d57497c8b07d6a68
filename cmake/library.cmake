# SPDX-License-Identifier: GPL-3.0-or-later

# maxiofs_library(<name> [PCH <headers>] [LINK <targets>])
# A folder is a library: all its .cpp files, found by name, so that a new file needs no line here.
# <name> is the folder's path with `_` for `/`; the target is maxiofs_<name>. Includes are written from the
# program's own root (shared/, nodeserver/ or app/), which is this list file's folder.
function(maxiofs_library name)
    cmake_parse_arguments(ARG "QT" "" "LINK;PCH" ${ARGN})
    string(REPLACE "_" "/" folder "${name}")
    file(GLOB sources CONFIGURE_DEPENDS "${folder}/*.cpp" "${folder}/*.h")
    set(target maxiofs_${name})
    file(GLOB units CONFIGURE_DEPENDS "${folder}/*.cpp")
    if(units)
        add_library(${target} STATIC ${sources})
        set(scope PUBLIC)
        if(ARG_PCH)
            target_precompile_headers(${target} PRIVATE ${ARG_PCH})
        endif()
        if(ARG_QT)
            set_target_properties(${target} PROPERTIES AUTOMOC ON)
        endif()
    else()
        add_library(${target} INTERFACE)
        set(scope INTERFACE)
    endif()
    target_include_directories(${target} ${scope} "${CMAKE_CURRENT_SOURCE_DIR}")
    target_link_libraries(${target} ${scope} ${ARG_LINK})
    target_compile_definitions(${target} ${scope} MAXIOFS_VERSION="${PROJECT_VERSION}"
        QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_CAST_FROM_BYTEARRAY QT_NO_URL_CAST_FROM_STRING
        QT_NO_NARROWING_CONVERSIONS_IN_CONNECT QT_NO_FOREACH QT_NO_KEYWORDS)
endfunction()
