// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/rule_facts.h"

#include "core/format.h"
#include "models/replication_words.h"
#include "theme/typography.h"
#include "widgets/text_label.h"

#include <QGridLayout>
#include <QLocale>

namespace maxiofs::pages {

using namespace Qt::StringLiterals;
using core::Format;
using models::ReplicationWords;
using theme::Typography;
using widgets::TextLabel;

namespace {

constexpr int kColumns = 2;

QString rate(double objects, double bytes)
{
    return RuleFacts::tr("%1/s · %2/s", "objects and bytes")
        .arg(QLocale().toString(objects, 'f', objects < 9.95 ? 1 : 0),
             Format::bytes(static_cast<std::int64_t>(bytes)));
}

QString travels(const protocol::ReplicationRuleOptions &options)
{
    return options.replicateDeletes && options.replicateMetadata ? RuleFacts::tr("deletes and metadata")
           : options.replicateDeletes                            ? RuleFacts::tr("deletes, no metadata")
           : options.replicateMetadata                           ? RuleFacts::tr("metadata, no deletes")
                                       : RuleFacts::tr("neither deletes nor metadata");
}

QString policy(const protocol::ReplicationRuleOptions &options)
{
    if (options.syncIntervalSeconds != 0)
        return RuleFacts::tr("is sent later");
    return options.policy == protocol::ReplicationPolicy::Fail ? RuleFacts::tr("the write is refused")
                                                               : RuleFacts::tr("goes on without it");
}

QString backlog(const protocol::ReplicationState &state)
{
    return state.backlogTotal
               ? RuleFacts::tr("%1 of %2 versions")
                     .arg(Format::count(state.backlogDone.value_or(0)), Format::count(*state.backlogTotal))
               : RuleFacts::tr("done");
}

}  // namespace

RuleFacts::RuleFacts(QWidget *parent) : QWidget(parent)
{
    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(12, 6, 12, 10);
    grid->setHorizontalSpacing(10);
    grid->setVerticalSpacing(5);
    for (const auto &[name, objectName] :
         {std::pair(tr("Mode"), u"ruleFactMode"_s), std::pair(tr("Clients"), u"ruleFactIn"_s),
          std::pair(tr("Kind"), u"ruleFactKind"_s), std::pair(tr("Sent"), u"ruleFactOut"_s),
          std::pair(tr("Prefix"), u"ruleFactPrefix"_s), std::pair(tr("In all"), u"ruleFactAll"_s),
          std::pair(tr("Travels"), u"ruleFactTravels"_s), std::pair(tr("Backlog"), u"ruleFactBacklog"_s),
          std::pair(tr("No answer"), u"ruleFactPolicy"_s), std::pair(tr("Errors"), u"ruleFactErrors"_s),
          std::pair(tr("At most"), u"ruleFactLimit"_s), std::pair(tr("Last sync"), u"ruleFactSync"_s)}) {
        Fact fact{.name = new TextLabel(name, Typography::Role::Cell, TextLabel::Tone::Muted),
                  .value = new TextLabel(Typography::Role::Cell)};
        fact.value->setObjectName(objectName);
        fact.value->setElided(true);
        const auto index = static_cast<int>(m_facts.size());
        grid->addWidget(fact.name, index / kColumns, index % kColumns * 2);
        grid->addWidget(fact.value, index / kColumns, index % kColumns * 2 + 1);
        m_facts.append(fact);
    }
    grid->setColumnStretch(1, 1);
    grid->setColumnStretch(3, 1);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void RuleFacts::present(const protocol::ReplicationRule &rule, std::int64_t nowMs)
{
    const protocol::ReplicationRuleOptions &options = rule.options;
    const protocol::ReplicationState &state = rule.state;
    const bool unknown = ReplicationWords::isUnknown(rule);
    const auto known = [unknown](const QString &text) { return unknown ? Format::unknown() : text; };
    const QStringList values{
        ReplicationWords::modeOf(options.syncIntervalSeconds),
        known(rate(state.objectsInPerSecond, state.bytesInPerSecond)),
        !rule.replica ? tr("copy in its own bucket")
        : rule.full   ? tr("full replica")
                      : tr("replica of a part"),
        known(rate(state.objectsOutPerSecond, state.bytesOutPerSecond)),
        options.prefix.empty() ? tr("all objects") : QString::fromStdString(options.prefix),
        known(tr("%1 · %2", "objects and bytes")
                  .arg(Format::count(state.objectsReplicated), Format::bytes(state.bytesReplicated))),
        travels(options),
        known(backlog(state)),
        policy(options),
        known(Format::count(state.errors)),
        options.bandwidthLimitBytesPerSecond > 0
            ? tr("%1/s", "bytes").arg(Format::bytes(options.bandwidthLimitBytesPerSecond))
            : tr("no limit"),
        state.lastSyncAt ? Format::ago(nowMs - state.lastSyncAt->unixMs) : Format::unknown()};
    for (qsizetype i = 0; i < m_facts.size(); ++i) {
        m_facts[i].value->setFullText(values[i]);
        m_facts[i].value->setAccessibleName(
            tr("%1: %2", "a fact's name and value").arg(m_facts[i].name->fullText(), values[i]));
    }
}

}  // namespace maxiofs::pages
