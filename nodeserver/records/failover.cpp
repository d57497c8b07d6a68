// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/failover.h"

using namespace Qt::StringLiterals;

namespace maxiofs::records {

FailoverPolicy clusterFailover(const Settings &settings)
{
    return protocol::fromName<FailoverPolicy>(settings.text(kFailoverSetting))
        .value_or(FailoverPolicy::Automatic);
}

FailoverPolicy failoverOf(const BucketRecord &bucket, const Settings &settings)
{
    return bucket.failover ? *bucket.failover : clusterFailover(settings);
}

SettingDefinition failoverSetting()
{
    const auto check = [](const QJsonValue &value) -> Status {
        if (protocol::fromName<FailoverPolicy>(value.toString().toStdString()))
            return {};
        return failure(Error::InvalidArgument,
                       "A bucket whose owner is gone is taken over \"automatic\", or \"manual\" by a person",
                       std::string(kFailoverSetting));
    };
    return {std::string(kFailoverSetting),
            SettingDefinition::Type::Text,
            u"automatic"_s,
            {},
            "Who makes a full replica the owner when the owner of a bucket is gone: automatic or manual; a "
            "bucket may say otherwise",
            check};
}

}  // namespace maxiofs::records
