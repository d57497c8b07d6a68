# SPDX-License-Identifier: GPL-3.0-or-later
# Everything the programs stand on, from the distribution's packages.

find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED COMPONENTS SSL Crypto)
find_package(ZLIB REQUIRED)
find_package(SQLite3 3.40 REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(Qt6 6.4 REQUIRED COMPONENTS Core)
if(MAXIOFS_DESKTOP)
    find_package(Qt6 6.4 REQUIRED COMPONENTS Gui Widgets Network Sql Svg Charts)
    find_package(Qt6Keychain REQUIRED)
endif()
if(MAXIOFS_TESTS)
    find_package(Qt6 6.4 REQUIRED COMPONENTS Test)
endif()
# Qt's packages ask for C++17 features only; the flag must not lower ours.
set(CMAKE_CXX_STANDARD 23)

find_path(XXHASH_INCLUDE_DIR xxhash.h REQUIRED)
find_library(XXHASH_LIBRARY xxhash REQUIRED)
add_library(xxhash INTERFACE)
target_include_directories(xxhash INTERFACE ${XXHASH_INCLUDE_DIR})
target_link_libraries(xxhash INTERFACE ${XXHASH_LIBRARY})

find_path(ROCKSDB_INCLUDE_DIR rocksdb/db.h REQUIRED)
find_library(ROCKSDB_LIBRARY NAMES librocksdb.so REQUIRED)
add_library(rocksdb_shared INTERFACE)
target_include_directories(rocksdb_shared SYSTEM INTERFACE ${ROCKSDB_INCLUDE_DIR})
target_link_libraries(rocksdb_shared INTERFACE ${ROCKSDB_LIBRARY})
