// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/cluster_machines.h"
#include "cluster/link/internal_handlers.h"

namespace maxiofs::cluster {

// What answers other nodes for the cluster itself; all of it outlives the handlers.
struct ClusterHandlerParts {
    ClusterMachines &machines;
    PeerLink &link;
    records::Records &records;
    records::Buckets &buckets;
    identity::Directory &identities;
    const Clock &clock;
    std::function<rules::ProbeAnswer()> report;
};

/// Registers the routes of records, reservations, membership and health. Beats and probes are answered on the
/// I/O thread, so that no disk delays them; all others on the machines' thread.
void addClusterHandlers(link::InternalHandlers &handlers, const ClusterHandlerParts &parts);

}  // namespace maxiofs::cluster
