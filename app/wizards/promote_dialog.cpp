// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/promote_dialog.h"

#include "core/format.h"
#include "models/health_words.h"
#include "theme/typography.h"
#include "widgets/text_label.h"

#include <QCheckBox>
#include <QComboBox>
#include <QSignalBlocker>

#include <algorithm>

namespace maxiofs::wizards {

using namespace Qt::StringLiterals;
using core::Format;
using models::HealthWords;
using protocol::HealthStatus;
using theme::Typography;
using widgets::TextLabel;

namespace {

// "ams-2  ·  4 s behind, degraded"
QString wordsOf(const protocol::BucketReplica &replica)
{
    constexpr std::int64_t kMsPerSecond = 1000;
    QStringList about;
    if (!replica.full)
        about << PromoteDialog::tr("has only a part");
    else if (!replica.lagSeconds)
        about << PromoteDialog::tr("lag not known");
    else
        about << (*replica.lagSeconds > 0
                      ? PromoteDialog::tr("%1 behind").arg(Format::span(*replica.lagSeconds * kMsPerSecond))
                      : PromoteDialog::tr("in sync"));
    if (replica.healthStatus != HealthStatus::Healthy)
        about << HealthWords::wordOf(replica.healthStatus).toLower();
    return u"%1  ·  %2"_s.arg(QString::fromStdString(replica.name), about.join(u", "_s));
}

}  // namespace

PromoteDialog::PromoteDialog(const QString &bucket, const QString &node, QWidget *parent)
    : FormDialog(u"promoteDialog"_s, tr("Promote a replica of %1", "a bucket").arg(bucket),
                 tr("Another node becomes the owner of the bucket. It first gets what it lacks, writes wait "
                    "for a moment, and from then on it replicates to the owner of now."),
                 tr("Promote"), widgets::PushButton::Kind::Primary, parent),
      m_wanted(node),
      m_owner(new TextLabel(Typography::Role::Body)),
      m_node(nullptr),
      m_risk(new TextLabel(Typography::Role::Cell, TextLabel::Tone::Warn)),
      m_force(new QCheckBox(tr("Do it all the same"))),
      m_awaited(new TextLabel(Typography::Role::Cell, TextLabel::Tone::Muted))
{
    m_owner->setObjectName(u"promoteOwner"_s);
    m_owner->setFullText(Format::unknown());
    m_owner->setElided(true);
    addRow(tr("Owner now"), m_owner);
    m_node = addChoice(u"promoteNode"_s, tr("New owner"));
    m_risk->setObjectName(u"promoteRisk"_s);
    m_risk->setWordWrap(true);
    m_risk->hide();
    addLine(m_risk);
    m_force->setObjectName(u"promoteForce"_s);
    m_force->setFont(Typography::font(Typography::Role::Body));
    m_force->hide();
    addLine(m_force);
    m_awaited->setObjectName(u"promoteAwaited"_s);
    m_awaited->setWordWrap(true);
    m_awaited->hide();
    addLine(m_awaited);
    connect(m_force, &QCheckBox::toggled, this, &PromoteDialog::edited);
    connect(m_node, &QComboBox::currentIndexChanged, this, [this] {
        m_refused.clear();
        m_force->setChecked(false);
        check();
    });
}

void PromoteDialog::present(const protocol::BucketNodes &nodes)
{
    m_nodes = nodes;
    const QString owner = QString::fromStdString(nodes.primary.name);
    m_owner->setFullText(
        nodes.primary.healthStatus == HealthStatus::Healthy
            ? owner
            : u"%1  ·  %2"_s.arg(owner, HealthWords::wordOf(nodes.primary.healthStatus).toLower()));
    {
        const QSignalBlocker quiet(m_node);
        m_node->clear();
        if (std::ranges::any_of(nodes.replicas, &protocol::BucketReplica::full))
            m_node->addItem(tr("The freshest that answers"), QString());
        for (const protocol::BucketReplica &replica : nodes.replicas)
            m_node->addItem(wordsOf(replica), QString::fromStdString(replica.id));
        m_node->setCurrentIndex(std::max(0, m_node->findData(m_wanted)));
    }
    QStringList former;
    for (const protocol::FormerOwner &node : nodes.awaited)
        former << QString::fromStdString(node.name);
    m_awaited->setFullText(
        tr("%1 owned the bucket before and has changes that are still to come.").arg(former.join(u", "_s)));
    m_awaited->setVisible(!former.isEmpty());
    check();
}

const protocol::BucketReplica *PromoteDialog::chosen() const
{
    const std::string id = m_node->currentData().toString().toStdString();
    for (const protocol::BucketReplica &replica : m_nodes->replicas) {
        if (replica.id == id)
            return &replica;
    }
    return nullptr;
}

// What has to be accepted; empty: nothing.
QString PromoteDialog::risk() const
{
    if (!m_refused.isEmpty())
        return m_refused;
    QStringList risks;
    const QString owner = QString::fromStdString(m_nodes->primary.name);
    if (m_nodes->primary.healthStatus == HealthStatus::Unavailable)
        risks << tr("%1 does not answer: what only it has comes when it returns.").arg(owner);
    if (const protocol::BucketReplica *replica = chosen(); replica && !replica->full)
        risks << tr("%1 has only a part of the bucket: the rest cannot be read there.")
                     .arg(QString::fromStdString(replica->name));
    return risks.join(u' ');
}

protocol::PromoteRequest PromoteDialog::request() const
{
    return {.nodeId = m_node->currentData().toString().toStdString(), .force = m_force->isChecked()};
}

bool PromoteDialog::placeProblem(const core::Problem &problem)
{
    constexpr int kConflict = 409;
    if (problem.facts.value("field"_L1).toString() == u"node_id"_s) {
        setFieldProblem(m_node, problem.summary);
        return true;
    }
    if (problem.httpStatus != kConflict || m_force->isChecked())
        return false;
    m_refused = problem.summary;
    check();
    return true;
}

void PromoteDialog::check()
{
    if (!m_nodes) {
        setMissing(tr("The bucket’s replicas are not known yet."));
        return;
    }
    const QString accept = risk();
    m_risk->setFullText(accept);
    m_risk->setVisible(!accept.isEmpty());
    m_force->setVisible(!accept.isEmpty());
    setMissing(m_nodes->replicas.empty()                    ? tr("No other node has a replica of it.")
               : !accept.isEmpty() && !m_force->isChecked() ? tr("Tick the box to go on.")
                                                            : QString());
    fit();
}

}  // namespace maxiofs::wizards
