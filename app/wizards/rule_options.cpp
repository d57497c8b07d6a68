// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/rule_options.h"

#include "models/replication_words.h"
#include "theme/typography.h"
#include "widgets/segmented_control.h"
#include "widgets/text_label.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QIntValidator>
#include <QLineEdit>
#include <QLocale>

#include <array>
#include <cmath>

namespace maxiofs::wizards {

using namespace Qt::StringLiterals;
using models::ReplicationWords;
using theme::Typography;
using widgets::TextLabel;

namespace {

constexpr std::array<std::int64_t, 6> kIntervals{0, 10, 30, 60, 300, 3600};
constexpr std::int64_t kOther = -1;
constexpr double kMebibyte = 1024.0 * 1024.0;

QWidget *inLine(const QString &name, const QList<QWidget *> &widgets)
{
    auto *line = new QWidget;
    line->setObjectName(name);
    auto *row = new QHBoxLayout(line);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(16);
    for (QWidget *widget : widgets)
        row->addWidget(widget);
    row->addStretch();
    line->setFocusProxy(widgets.first());
    return line;
}

}  // namespace

void RuleOptions::fill(QComboBox *choice, const QList<NodeChoice> &nodes, const QString &without)
{
    const QString chosen = choice->currentData().toString();
    const QSignalBlocker quiet(choice);
    choice->clear();
    for (const NodeChoice &node : nodes) {
        if (node.id != without)
            choice->addItem(node.about.isEmpty() ? node.name : u"%1  ·  %2"_s.arg(node.name, node.about),
                            node.id);
    }
    choice->setCurrentIndex(chosen.isEmpty() ? -1 : choice->findData(chosen));
}

void RuleOptions::addModes(std::int64_t chosen)
{
    bool listed = false;
    for (const std::int64_t seconds : kIntervals) {
        m_mode->addItem(ReplicationWords::modeOf(seconds), QVariant::fromValue(seconds));
        listed = listed || seconds == chosen;
    }
    m_mode->addItem(tr("Another interval…"), QVariant::fromValue(kOther));
    m_mode->setCurrentIndex(m_mode->findData(QVariant::fromValue(listed ? chosen : kOther)));
    m_seconds->setText(QString::number(listed ? 120 : chosen));
}

void RuleOptions::addOptions(const protocol::ReplicationRuleOptions &options)
{
    m_before = options;
    m_mode = addChoice(u"ruleMode"_s, tr("Mode"), {});
    m_meaning = addHint({});
    m_meaning->setObjectName(u"ruleMeaning"_s);
    m_seconds = addField(u"ruleSeconds"_s, tr("Seconds"));
    m_seconds->setValidator(new QIntValidator(0, kLongestInterval, m_seconds));
    m_policy = new widgets::SegmentedControl({tr("refuse the write"), tr("go on without it")},
                                             tr("If the destination does not answer"));
    m_policy->setObjectName(u"rulePolicy"_s);
    m_policy->setCurrent(options.policy == protocol::ReplicationPolicy::Fail ? 0 : 1);
    addRow(tr("No answer"), m_policy);
    m_prefix = addField(u"rulePrefix"_s, tr("Prefix"), tr("all objects"));
    m_prefix->setText(QString::fromStdString(options.prefix));
    m_deletes = new QCheckBox(tr("deletes"));
    m_deletes->setObjectName(u"ruleDeletes"_s);
    m_deletes->setChecked(options.replicateDeletes);
    m_metadata = new QCheckBox(tr("metadata and tags"));
    m_metadata->setObjectName(u"ruleMetadata"_s);
    m_metadata->setChecked(options.replicateMetadata);
    for (QCheckBox *box : {m_deletes, m_metadata}) {
        box->setFont(Typography::font(Typography::Role::Cell));
        connect(box, &QCheckBox::toggled, this, &RuleOptions::edited);
    }
    m_travels = inLine(u"ruleTravels"_s, {m_deletes, m_metadata});
    addRow(tr("Replicate"), m_travels);
    m_priority = new QLineEdit(QString::number(options.priority));
    m_priority->setObjectName(u"rulePriority"_s);
    m_priority->setAccessibleName(tr("Priority"));
    m_priority->setValidator(new QIntValidator(-kHighestPriority, kHighestPriority, m_priority));
    m_priority->setFixedWidth(Typography::scaled(96));
    connect(m_priority, &QLineEdit::textChanged, this, &RuleOptions::edited);
    addRow(tr("Priority"), inLine(u"rulePriorityRow"_s,
                                  {m_priority, new TextLabel(tr("higher goes first"), Typography::Role::Cell,
                                                             TextLabel::Tone::Muted)}));
    m_bandwidth = new QLineEdit;
    m_bandwidth->setObjectName(u"ruleBandwidth"_s);
    m_bandwidth->setAccessibleName(tr("Bandwidth limit in MiB a second"));
    m_bandwidth->setPlaceholderText(tr("none"));
    m_bandwidth->setFixedWidth(Typography::scaled(96));
    if (options.bandwidthLimitBytesPerSecond > 0)
        m_bandwidthText =
            QLocale().toString(static_cast<double>(options.bandwidthLimitBytesPerSecond) / kMebibyte, 'g', 6);
    m_bandwidth->setText(m_bandwidthText);
    connect(m_bandwidth, &QLineEdit::textChanged, this, &RuleOptions::edited);
    addRow(tr("At most"),
           inLine(u"ruleBandwidthRow"_s,
                  {m_bandwidth, new TextLabel(tr("MiB/s"), Typography::Role::Cell, TextLabel::Tone::Muted)}));
    addModes(options.syncIntervalSeconds);
    connect(m_mode, &QComboBox::currentIndexChanged, this, &RuleOptions::showMode);
    connect(m_policy, &widgets::SegmentedControl::chosen, this, &RuleOptions::edited);
    showMode();
}

void RuleOptions::showMode()
{
    const bool other = m_mode->currentData().value<std::int64_t>() == kOther;
    setRowVisible(m_seconds, other);
    setRowVisible(m_policy, interval() == 0 && !other);
    m_meaning->setFullText(ReplicationWords::meaningOf(interval()));
    fit();
}

std::int64_t RuleOptions::interval() const
{
    const auto chosen = m_mode->currentData().value<std::int64_t>();
    return chosen == kOther ? m_seconds->text().toLongLong() : chosen;
}

std::optional<std::int64_t> RuleOptions::bandwidth() const
{
    const QString text = m_bandwidth->text().trimmed();
    if (text == m_bandwidthText)
        return m_before.bandwidthLimitBytesPerSecond;
    if (text.isEmpty())
        return 0;
    constexpr double kMost = 1e6;  // MiB a second: no network has it
    bool isNumber = false;
    const double value = QLocale().toDouble(text, &isNumber);
    if (!isNumber || !std::isfinite(value) || value <= 0 || value > kMost)
        return std::nullopt;
    return std::max<std::int64_t>(1, std::llround(value * kMebibyte));
}

protocol::ReplicationRuleOptions RuleOptions::options() const
{
    protocol::ReplicationRuleOptions options = m_before;
    options.syncIntervalSeconds = interval();
    options.prefix = m_prefix->text().toStdString();
    options.replicateDeletes = m_deletes->isChecked();
    options.replicateMetadata = m_metadata->isChecked();
    options.policy =
        m_policy->current() == 0 ? protocol::ReplicationPolicy::Fail : protocol::ReplicationPolicy::Continue;
    options.priority = m_priority->text().toLongLong();
    options.bandwidthLimitBytesPerSecond = bandwidth().value_or(0);
    return options;
}

QString RuleOptions::missingHere()
{
    m_meaning->setFullText(ReplicationWords::meaningOf(interval()));
    if (m_mode->currentData().value<std::int64_t>() == kOther && interval() < kShortestInterval) {
        const QString wrong = tr("Enter at least %1 seconds.").arg(kShortestInterval);
        setFieldProblem(m_seconds, m_seconds->text().isEmpty() ? QString() : wrong);
        return wrong;
    }
    setFieldProblem(m_seconds, {});
    QWidget *limit = m_bandwidth->parentWidget();
    const QString wrongLimit =
        bandwidth() ? QString() : tr("Enter a number of MiB a second, or nothing for no limit.");
    setFieldProblem(limit, wrongLimit);
    if (!wrongLimit.isEmpty())
        return wrongLimit;
    return m_priority->hasAcceptableInput() ? QString()
                                            : tr("Enter a priority from −%1 to %1.").arg(kHighestPriority);
}

QWidget *RuleOptions::fieldFor(const QString &name) const
{
    if (name == u"sync_interval_seconds"_s)
        return m_mode->currentData().value<std::int64_t>() == kOther ? static_cast<QWidget *>(m_seconds)
                                                                     : m_mode;
    if (name == u"prefix"_s)
        return m_prefix;
    if (name == u"replicate_deletes"_s || name == u"replicate_metadata"_s)
        return m_travels;
    if (name == u"policy"_s)
        return interval() == 0 ? static_cast<QWidget *>(m_policy) : m_mode;
    if (name == u"priority"_s)
        return m_priority->parentWidget();
    return name == u"bandwidth_limit_bytes_per_second"_s ? m_bandwidth->parentWidget() : nullptr;
}

bool RuleOptions::placeProblem(const core::Problem &problem)
{
    QWidget *field = fieldFor(problem.facts.value("field"_L1).toString());
    if (!field)
        field = fieldFor(problem.code);
    if (field)
        setFieldProblem(field, problem.summary);
    return field != nullptr;
}

}  // namespace maxiofs::wizards
