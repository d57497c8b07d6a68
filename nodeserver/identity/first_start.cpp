// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity/first_start.h"

#include "crypto/random_token.h"

namespace maxiofs::identity {

namespace {

constexpr std::size_t kPasswordLength = 20;
// Without letters and digits that are read for one another.
constexpr std::string_view kPasswordAlphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";

std::string passwordFileIn(const std::string &dataDirectory)
{
    return dataDirectory + "/initial-admin-password";
}

Status makeFirstKey(Directory &directory, const FirstStart &options)
{
    if (options.accessKey.empty() != options.secretKey.empty()) {
        return failure(Error::InvalidArgument,
                       "Only one of MAXIOFS_ACCESS_KEY and MAXIOFS_SECRET_KEY is set: set both or none.");
    }
    if (options.accessKey.empty() || directory.keys().find(options.accessKey) != nullptr)
        return {};
    NewAccessKey key;
    key.userId = kAdminId;
    key.id = options.accessKey;
    key.secret = options.secretKey;
    key.limits.description = "first start";
    TRY_STATUS(directory.keys().create(key));
    return {};
}

}  // namespace

Result<FirstStartAnswer> prepareFirstStart(os::FileSystem &fileSystem, Directory &directory,
                                           const FirstStart &options)
{
    FirstStartAnswer answer;
    const std::string path = passwordFileIn(options.dataDirectory);
    if (directory.users().find(kAdminId) == nullptr) {
        NewUser admin;
        admin.id = kAdminId;
        admin.username = kAdminId;
        admin.displayName = "Administrator";
        admin.roles = {Role::Admin};
        admin.password = options.adminPassword;
        if (admin.password.empty()) {
            admin.password = crypto::randomText(kPasswordLength, kPasswordAlphabet);
            admin.initialPassword = true;
            // Written first: after a crash in between the next start replaces it.
            TRY_STATUS(os::replaceFile(fileSystem, path, asBytes(admin.password + '\n')));
            answer.randomPassword = admin.password;
        }
        TRY_STATUS(directory.users().create(admin));
        answer.adminMade = true;
    }
    TRY_STATUS(makeFirstKey(directory, options));
    if (directory.users().find(kAdminId)->initialPassword)
        answer.passwordFile = path;
    return answer;
}

Status forgetInitialPassword(os::FileSystem &fileSystem, const std::string &dataDirectory)
{
    const std::string path = passwordFileIn(dataDirectory);
    TRY_ASSIGN(const bool there, fileSystem.exists(path));
    if (!there)
        return {};
    TRY_STATUS(fileSystem.remove(path));
    return fileSystem.syncDirectory(dataDirectory);
}

}  // namespace maxiofs::identity
