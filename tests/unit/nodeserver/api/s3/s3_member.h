// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "s3_fixture.h"

namespace maxiofs::test {

inline constexpr unsigned kOfTheOwner = 299;  // what a fake owner answers
inline const S3Client::Headers kPassedOn{{"X-MaxIOFS-Forwarded", std::string(FakeCluster::kGenuine)}};

inline const cluster::Unreachable kUnreachable{Error(Error::Closed, "refused"), true, false};

// A member of a cluster whose other nodes are played.
struct S3Member {
    S3Member() { s3.cluster->member = true; }

    [[nodiscard]] BucketId id(const std::string &name = "bucket")
    {
        return s3.buckets->find(name).value()->id;
    }
    void answerWith(cluster::ForwardOutcome outcome)
    {
        cluster.outcomes.emplace_back([outcome = std::move(outcome)] { return outcome; });
    }

    S3Fixture s3;
    FakeCluster &cluster = *s3.cluster;
};

}  // namespace maxiofs::test
