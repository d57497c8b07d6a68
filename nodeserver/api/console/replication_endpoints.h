// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/call.h"

namespace maxiofs::api::console {

Result<Answer> listReplicationRules(Call &call);
Result<Answer> createReplicationRule(Call &call);
Result<Answer> replicateAll(Call &call);
Result<Answer> getReplicationRule(Call &call);
Result<Answer> changeReplicationRule(Call &call);
Result<Answer> deleteReplicationRule(Call &call);
Result<Answer> syncReplicationRule(Call &call);
Result<Answer> pauseReplicationRule(Call &call);
Result<Answer> resumeReplicationRule(Call &call);
Result<Answer> getVerification(Call &call);
Result<Answer> verifyReplicationRule(Call &call);
Result<Answer> listReplicationQueue(Call &call);

}  // namespace maxiofs::api::console
