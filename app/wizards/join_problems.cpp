// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/join_problems.h"

namespace maxiofs::wizards {

using namespace Qt::StringLiterals;

bool JoinProblems::concernsToken(const core::Problem &problem)
{
    return problem.is("WrongToken"_L1);
}

bool JoinProblems::concernsEndpoint(const core::Problem &problem)
{
    return problem.is("PeerUnreachable"_L1) || problem.is("NotInCluster"_L1) ||
           problem.is("AlreadyInCluster"_L1) || problem.is("UnknownCertificate"_L1);
}

QString JoinProblems::listed(const QStringList &names)
{
    constexpr qsizetype kShown = 6;
    const QString first = names.mid(0, kShown).join(u", "_s);
    const auto more = static_cast<int>(names.size() - kShown);
    return more > 0 ? tr("%1 and %n more", "names", more).arg(first) : first;
}

QString JoinProblems::ofNames(const core::Problem &problem)
{
    const QStringList names = problem.listed("names"_L1);
    if (names.isEmpty())
        return problem.summary;
    return tr("These names are taken in the cluster: %1. Nothing was changed. The joining node’s users can "
              "become "
              "<name>-<node>, its buckets get a conflict name.")
        .arg(listed(names));
}

}  // namespace maxiofs::wizards
