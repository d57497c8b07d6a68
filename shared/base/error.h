// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace maxiofs {

// What went wrong, in a form that a program can act on (code) and a person can read (message, subject).
// Mapped once at each border: operating system to store, store to S3 or JSON.
struct Error {
    enum Code {
        Internal,            // a bug or a broken assumption
        InvalidArgument,     // the caller's input is wrong
        NotFound,            // no such file, record, session
        AlreadyExists,       // a name is taken
        Denied,              // not allowed for this identity
        Unauthenticated,     // no or wrong credentials
        Locked,              // too many wrong attempts, or the directory is in use
        NoSuchBucket,        // also a bucket that is being deleted
        NoSuchKey,           //
        NoSuchVersion,       //
        NoSuchUpload,        //
        DeleteMarker,        // the version asked for is a delete marker
        BucketNotEmpty,      //
        InvalidPart,         // a part named by a complete request is missing or has another ETag
        InvalidPartOrder,    //
        EntityTooSmall,      // a part but the last under the smallest size
        EntityTooLarge,      //
        PreconditionFailed,  // If-Match, If-None-Match and the like
        NotModified,         //
        BadDigest,           // a checksum of the caller does not fit what arrived
        WouldBlock,          // the answer is not in memory; ask again where blocking is allowed
        Corrupt,             // stored bytes fail their authentication
        Damaged,             // known damage: quarantined
        Unsupported,         // a critical field or format that this version does not know
        ReadOnly,            // writes are refused until a restart
        StorageFull,         // the reserve is reached, or the volume is full
        Quota,               // a bucket's or tenant's limit
        Io,                  // the operating system refused a file operation
        Closed,              // the peer closed the connection
        TimedOut,            //
        Stopping,            // the node is shutting down
        Busy,                // try again later
    };

    Code code = Internal;
    std::string message;  // a sentence: what happened, to what, and what to do
    std::string subject;  // what it was about: a path, a bucket, a field; may be empty

    Error() = default;
    Error(Code errorCode, std::string text, std::string about = {})
        : code(errorCode),
          message(std::move(text)),
          subject(std::move(about))
    {
    }
};

/// The code's name as in the source ("NoSuchKey"), for logs.
[[nodiscard]] std::string_view nameOf(Error::Code code);

/// An error of the operating system: "cannot open /x: No such file or directory".
[[nodiscard]] Error systemError(std::string_view action, std::string_view subject, int errorNumber);

}  // namespace maxiofs
