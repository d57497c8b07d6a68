// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/failover_dialog.h"

#include "widgets/segmented_control.h"
#include "widgets/text_label.h"

#include <QHBoxLayout>

namespace maxiofs::wizards {

using namespace Qt::StringLiterals;
using protocol::FailoverPolicy;

namespace {

QString meaningOf(FailoverPolicy policy)
{
    return policy == FailoverPolicy::Automatic
               ? FailoverDialog::tr(
                     "A full replica takes over by itself within seconds, and writes go on there. "
                     "What only the owner had comes when it returns.")
               : FailoverDialog::tr(
                     "Writes wait until the owner is back, or until a person promotes a replica.");
}

QString wordOf(FailoverPolicy policy)
{
    return policy == FailoverPolicy::Automatic ? FailoverDialog::tr("automatic")
                                               : FailoverDialog::tr("manual");
}

}  // namespace

FailoverDialog::FailoverDialog(const QString &bucket, QWidget *parent)
    : FormDialog(u"failoverDialog"_s,
                 bucket.isEmpty() ? tr("Failover of the cluster")
                                  : tr("Failover of %1", "a bucket").arg(bucket),
                 bucket.isEmpty()
                     ? tr("What happens to buckets whose node does not answer, unless they have a policy of "
                          "their own. Full replicas serve reads in any case.")
                     : tr("What happens to the bucket when the node that owns it does not answer. Full "
                          "replicas serve reads in any case."),
                 tr("Save"), widgets::PushButton::Kind::Primary, parent),
      m_policies({FailoverPolicy::Automatic, FailoverPolicy::Manual})
{
    QStringList words{wordOf(FailoverPolicy::Automatic), wordOf(FailoverPolicy::Manual)};
    if (!bucket.isEmpty()) {
        m_policies.prepend(std::nullopt);
        words.prepend(tr("as the cluster"));
    }
    m_choice = new widgets::SegmentedControl(words, tr("Failover"));
    m_choice->setObjectName(u"failoverPolicy"_s);
    auto *line = new QWidget;
    line->setObjectName(u"failoverLine"_s);
    auto *row = new QHBoxLayout(line);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_choice);
    row->addStretch();
    line->setFocusProxy(m_choice);
    addRow(tr("Failover"), line);
    m_meaning = addHint({});
    m_meaning->setObjectName(u"failoverMeaning"_s);
    connect(m_choice, &widgets::SegmentedControl::chosen, this, &FailoverDialog::edited);
}

void FailoverDialog::present(std::optional<FailoverPolicy> policy, FailoverPolicy standard)
{
    m_now = policy;
    m_standard = standard;
    m_choice->setCurrent(static_cast<int>(m_policies.indexOf(policy)));
    check();
}

std::optional<FailoverPolicy> FailoverDialog::policy() const
{
    return m_policies.value(m_choice->current());
}

void FailoverDialog::check()
{
    const auto chosen = policy();
    const QString meaning = meaningOf(chosen.value_or(m_standard));
    m_meaning->setFullText(!m_now ? QString()
                           : chosen
                               ? meaning
                               : tr("Now %1. %2", "policy, what it means").arg(wordOf(m_standard), meaning));
    setMissing(!m_now             ? tr("The policy of now is not known yet.")
               : *m_now == chosen ? tr("It is so already.")
                                  : QString());
    fit();
}

}  // namespace maxiofs::wizards
