// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/node_details.h"

#include "core/format.h"
#include "core/node_fields.h"
#include "models/health_words.h"
#include "theme/typography.h"
#include "widgets/badge.h"
#include "widgets/push_button.h"
#include "widgets/text_label.h"

#include <QGridLayout>

#include <cmath>

namespace maxiofs::pages {

using namespace Qt::StringLiterals;
using core::Format;
using models::HealthWords;
using theme::Typography;
using widgets::PushButton;
using widgets::TextLabel;

namespace {

constexpr int kFactsInColumn = 4;

QString momentOf(const std::optional<protocol::Time> &time, std::int64_t nowMs)
{
    return time ? Format::ago(nowMs - time->unixMs) : Format::unknown();
}

QString orUnknown(const std::string &text)
{
    return text.empty() ? Format::unknown() : QString::fromStdString(text);
}

}  // namespace

NodeDetails::NodeDetails(QWidget *parent)
    : Panel(tr("Node"), parent),
      m_chip(new widgets::Badge(widgets::Badge::Kind::Chip)),
      m_reason(new TextLabel(Typography::Role::Cell, TextLabel::Tone::Secondary)),
      m_certificate(new TextLabel(Typography::Role::Caption, TextLabel::Tone::Secondary)),
      m_edit(new PushButton(tr("Edit…"))),
      m_remove(new PushButton(tr("Remove…"), PushButton::Kind::Danger))
{
    m_edit->setObjectName(u"detailsEdit"_s);
    m_edit->setThemeIcon(u"pencil"_s);
    m_edit->setCompact(true);
    m_remove->setObjectName(u"detailsRemove"_s);
    m_remove->setThemeIcon(u"trash-2"_s);
    m_remove->setCompact(true);
    addAction(m_chip);
    addAction(m_edit);
    addAction(m_remove);
    m_reason->setObjectName(u"detailsReason"_s);
    m_reason->setWordWrap(true);
    m_reason->hide();
    m_reason->setContentsMargins(12, 2, 12, 8);
    body()->addWidget(m_reason);
    auto *grid = new QGridLayout;
    grid->setContentsMargins(12, 2, 12, 12);
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(6);
    for (const auto &[name, objectName] :
         {std::pair(tr("Endpoint"), u"detailsEndpoint"_s), std::pair(tr("Node ID"), u"detailsId"_s),
          std::pair(tr("Region"), u"detailsRegion"_s), std::pair(tr("Metadata"), u"detailsMetadata"_s),
          std::pair(tr("Latency"), u"detailsLatency"_s), std::pair(tr("Clock"), u"detailsClock"_s),
          std::pair(tr("Last seen"), u"detailsSeen"_s), std::pair(tr("Last check"), u"detailsChecked"_s),
          std::pair(tr("Capacity"), u"detailsCapacity"_s), std::pair(tr("Buckets"), u"detailsBuckets"_s),
          std::pair(tr("Version"), u"detailsVersion"_s), std::pair(tr("Known since"), u"detailsCreated"_s)})
        addFact(grid, name, objectName);
    grid->setColumnStretch(1, 3);
    grid->setColumnStretch(3, 2);
    grid->setColumnStretch(5, 2);
    body()->addLayout(grid);
    // Selectable: it is compared with what another node's dialog shows.
    m_certificate->setObjectName(u"detailsCertificate"_s);
    m_certificate->setWordWrap(true);
    m_certificate->setContentsMargins(12, 0, 12, 12);
    m_certificate->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_certificate->hide();
    body()->addWidget(m_certificate);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    connect(m_edit, &QPushButton::clicked, this, &NodeDetails::editRequested);
    connect(m_remove, &QPushButton::clicked, this, &NodeDetails::removeRequested);
}

void NodeDetails::addFact(QGridLayout *grid, const QString &name, const QString &objectName)
{
    const auto index = static_cast<int>(m_facts.size());
    Fact fact{.name = new TextLabel(name, Typography::Role::Cell, TextLabel::Tone::Muted),
              .value = new TextLabel(Typography::Role::Cell)};
    fact.value->setObjectName(objectName);
    fact.value->setElided(true);
    const int column = index / kFactsInColumn * 2;
    grid->addWidget(fact.name, index % kFactsInColumn, column);
    grid->addWidget(fact.value, index % kFactsInColumn, column + 1);
    m_facts.append(fact);
}

void NodeDetails::present(const protocol::Node *node, const QString &fingerprint, std::int64_t nowMs)
{
    m_hasNode = node != nullptr;
    setVisible(m_hasNode);
    if (!node)
        return;
    m_isLocal = node->isLocal;
    setTitle(QString::fromStdString(node->name));
    setCaption(node->isLocal ? tr("you are connected to this node") : QString());
    m_chip->setStatus(HealthWords::statusOf(node->healthStatus), HealthWords::wordOf(node->healthStatus));
    m_reason->setFullText(QString::fromStdString(node->reason));
    m_reason->setVisible(!node->reason.empty());
    // Words break at spaces only.
    m_certificate->setFullText(
        tr("Certificate shown to other nodes, SHA-256: %1").arg(QString(fingerprint).replace(u':', u' ')));
    m_certificate->setVisible(!fingerprint.isEmpty());
    const bool measured = node->healthStatus == protocol::HealthStatus::Healthy ||
                          node->healthStatus == protocol::HealthStatus::Degraded;
    const QStringList values{
        QString::fromStdString(node->endpoint),
        QString::fromStdString(node->id),
        orUnknown(node->region),
        node->metadata.isEmpty() ? Format::unknown() : core::NodeFields::textOf(node->metadata),
        measured && node->latencyMs > 0 ? Format::milliseconds(static_cast<double>(node->latencyMs))
        : measured                      ? tr("below 1 ms")
                                        : Format::unknown(),
        node->isLocal ? Format::unknown() : Format::skew(node->clockSkewMs),
        momentOf(node->lastSeen, nowMs),
        momentOf(node->lastHealthCheck, nowMs),
        node->capacityTotal > 0 ? Format::bytesOf(node->capacityUsed, node->capacityTotal)
                                : Format::unknown(),
        Format::count(node->bucketCount),
        orUnknown(node->version),
        node->createdAt.unixMs > 0 ? Format::time(node->createdAt.unixMs, nowMs) : Format::unknown()};
    for (qsizetype i = 0; i < m_facts.size(); ++i) {
        m_facts[i].value->setFullText(values[i]);
        m_facts[i].value->setAccessibleName(
            tr("%1: %2", "a fact's name and value").arg(m_facts[i].name->fullText(), values[i]));
    }
}

void NodeDetails::setChangeable(const QString &refusal, bool isCluster)
{
    m_edit->setEnabled(refusal.isEmpty());
    m_edit->setToolTip(refusal.isEmpty() ? tr("Change name, region, priority or metadata  (F2)") : refusal);
    m_remove->setVisible(isCluster);
    m_remove->setText(m_isLocal ? tr("Leave…") : tr("Remove…"));
    m_remove->setEnabled(refusal.isEmpty());
    m_remove->setToolTip(!refusal.isEmpty() ? refusal
                         : m_isLocal        ? tr("Take this node out of its cluster  (Del)")
                                            : tr("Remove this node from the cluster  (Del)"));
}

}  // namespace maxiofs::pages
