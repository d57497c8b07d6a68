// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/abort_multipart_upload.h"
#include "api/s3/complete_multipart_upload.h"
#include "api/s3/copy_object.h"
#include "api/s3/create_bucket.h"
#include "api/s3/create_multipart_upload.h"
#include "api/s3/delete_bucket.h"
#include "api/s3/delete_object.h"
#include "api/s3/delete_object_tagging.h"
#include "api/s3/delete_objects.h"
#include "api/s3/get_bucket_acl.h"
#include "api/s3/get_bucket_location.h"
#include "api/s3/get_bucket_versioning.h"
#include "api/s3/get_object.h"
#include "api/s3/get_object_acl.h"
#include "api/s3/get_object_attributes.h"
#include "api/s3/get_object_tagging.h"
#include "api/s3/head_bucket.h"
#include "api/s3/head_object.h"
#include "api/s3/list_buckets.h"
#include "api/s3/list_multipart_uploads.h"
#include "api/s3/list_object_versions.h"
#include "api/s3/list_objects.h"
#include "api/s3/list_objects_v2.h"
#include "api/s3/list_parts.h"
#include "api/s3/put_bucket_versioning.h"
#include "api/s3/put_object.h"
#include "api/s3/put_object_tagging.h"
#include "api/s3/upload_part.h"
#include "api/s3/upload_part_copy.h"

#include <variant>

namespace maxiofs::api::s3 {

// Every operation that is built, in the order of OperationId.
using Operation =
    std::variant<ListBuckets, CreateBucket, HeadBucket, DeleteBucket, GetBucketLocation, GetBucketVersioning,
                 PutBucketVersioning, GetBucketAcl, ListObjects, ListObjectsV2, ListObjectVersions,
                 ListMultipartUploads, DeleteObjects, PutObject, CopyObject, GetObject, HeadObject,
                 DeleteObject, GetObjectAcl, GetObjectAttributes, GetObjectTagging, PutObjectTagging,
                 DeleteObjectTagging, CreateMultipartUpload, UploadPart, UploadPartCopy,
                 CompleteMultipartUpload, AbortMultipartUpload, ListParts>;
static_assert(std::variant_size_v<Operation> == static_cast<std::size_t>(OperationId::Other));

/// Decides from the head alone what a request asks for, and parses that. NotImplemented, by name, for
/// operations and headers of S3 that are not built; MethodNotAllowed.
[[nodiscard]] S3Result<Operation> parseOperation(const Request &request);

}  // namespace maxiofs::api::s3
