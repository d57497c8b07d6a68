// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/error.h"

#include <cerrno>
#include <system_error>

namespace maxiofs {

std::string_view nameOf(Error::Code code)
{
    switch (code) {
    case Error::Internal: return "Internal";
    case Error::InvalidArgument: return "InvalidArgument";
    case Error::NotFound: return "NotFound";
    case Error::AlreadyExists: return "AlreadyExists";
    case Error::Denied: return "Denied";
    case Error::Unauthenticated: return "Unauthenticated";
    case Error::Locked: return "Locked";
    case Error::NoSuchBucket: return "NoSuchBucket";
    case Error::NoSuchKey: return "NoSuchKey";
    case Error::NoSuchVersion: return "NoSuchVersion";
    case Error::NoSuchUpload: return "NoSuchUpload";
    case Error::DeleteMarker: return "DeleteMarker";
    case Error::BucketNotEmpty: return "BucketNotEmpty";
    case Error::InvalidPart: return "InvalidPart";
    case Error::InvalidPartOrder: return "InvalidPartOrder";
    case Error::EntityTooSmall: return "EntityTooSmall";
    case Error::EntityTooLarge: return "EntityTooLarge";
    case Error::PreconditionFailed: return "PreconditionFailed";
    case Error::NotModified: return "NotModified";
    case Error::BadDigest: return "BadDigest";
    case Error::WouldBlock: return "WouldBlock";
    case Error::Corrupt: return "Corrupt";
    case Error::Damaged: return "Damaged";
    case Error::Unsupported: return "Unsupported";
    case Error::ReadOnly: return "ReadOnly";
    case Error::StorageFull: return "StorageFull";
    case Error::Quota: return "Quota";
    case Error::Io: return "Io";
    case Error::Closed: return "Closed";
    case Error::TimedOut: return "TimedOut";
    case Error::Stopping: return "Stopping";
    case Error::Busy: return "Busy";
    }
    return "Unknown";
}

Error systemError(std::string_view action, std::string_view subject, int errorNumber)
{
    const bool full = errorNumber == ENOSPC || errorNumber == EDQUOT;
    const Error::Code code = full ? Error::StorageFull : errorNumber == ENOENT ? Error::NotFound : Error::Io;
    return Error(code,
                 "cannot " + std::string(action) + " " + std::string(subject) + ": " +
                     std::generic_category().message(errorNumber),
                 std::string(subject));
}

}  // namespace maxiofs
