// SPDX-License-Identifier: GPL-3.0-or-later
// maxiofs-bench-users DATA_DIR COUNT: makes users in the data directory of a stopped node. Their passwords
// are hashed at the lowest cost, since the node's own would take minutes for ten thousand.
#include "base/clock.h"
#include "identity/directory.h"
#include "os/posix_file_system.h"
#include "records/secret_sealer.h"
#include "store/data_directory.h"

#include <charconv>
#include <cstdio>
#include <cstring>

namespace {

using namespace maxiofs;

constexpr crypto::ScryptCost kLowestCost{1, 1, 1};

Status fill(const std::string &dataDirectory, unsigned count)
{
    TRY_ASSIGN(const auto directory,
               store::DataDirectory::open(os::posixFileSystem(), {dataDirectory, {}, {}, true}));
    const records::RecordKeySealer sealer(directory->keyring().recordKey());
    TRY_ASSIGN(const auto records,
               records::Records::open(directory->recordsPath(), sealer, SystemClock::instance()));
    TRY_ASSIGN(const auto identities, identity::Directory::load(*records, kLowestCost));
    for (unsigned number = 0; number < count; ++number) {
        identity::NewUser user;
        user.username = "user-" + std::to_string(number);
        user.password = "a-Password-of-" + user.username;
        user.email = user.username + "@example.com";
        user.roles = {identity::Role::User};
        TRY_ASSIGN(const auto made, identities->users().create(user));
    }
    return {};
}

}  // namespace

int main(int argc, char **argv)
{
    unsigned count = 0;
    if (argc != 3 || std::from_chars(argv[2], argv[2] + std::strlen(argv[2]), count).ec != std::errc()) {
        std::fputs("usage: maxiofs-bench-users DATA_DIR COUNT\n", stderr);
        return 2;
    }
    if (const auto done = fill(argv[1], count); !done) {
        std::fprintf(stderr, "maxiofs-bench-users: %s\n", done.error().message.c_str());
        return 1;
    }
    return 0;
}
