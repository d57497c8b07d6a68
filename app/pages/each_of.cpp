// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/each_of.h"

#include <memory>

namespace maxiofs::pages {

using namespace Qt::StringLiterals;

namespace {

struct Telling {
    QObject *context;
    QStringList left;
    std::function<api::Request *(const QString &)> send;
    std::function<QString(const QString &)> nameOf;
    std::function<void(const EachOf &)> done;
    EachOf outcome = {};
};

void tellNext(const std::shared_ptr<Telling> &telling)
{
    if (telling->left.isEmpty()) {
        telling->done(telling->outcome);
        return;
    }
    const QString id = telling->left.takeFirst();
    const QString name = telling->nameOf(id);
    api::Request *job = telling->send(id);
    QObject::connect(job, &api::Request::finished, telling->context, [job, telling, name] {
        if (const auto &problem = job->problem()) {
            if (!telling->outcome.first)
                telling->outcome.first = problem;
            telling->outcome.refused << u"%1: %2"_s.arg(name, problem->summary);
        }
        tellNext(telling);
    });
}

}  // namespace

core::Problem EachOf::problem(const QString &summary) const
{
    core::Problem told = first.value_or(core::Problem());
    if (all > 1)
        told.summary = summary;
    told.detail = refused.join(u'\n');
    return told;
}

void EachOf::tell(QObject *context, const QStringList &ids,
                  std::function<api::Request *(const QString &)> send,
                  std::function<QString(const QString &)> nameOf, std::function<void(const EachOf &)> done)
{
    tellNext(std::make_shared<Telling>(Telling{.context = context,
                                               .left = ids,
                                               .send = std::move(send),
                                               .nameOf = std::move(nameOf),
                                               .done = std::move(done),
                                               .outcome = {.all = static_cast<int>(ids.size())}}));
}

}  // namespace maxiofs::pages
