// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/node_description.h"

#include "core/node_fields.h"
#include "theme/typography.h"
#include "widgets/text_label.h"
#include "wizards/join_problems.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QIntValidator>
#include <QLineEdit>

#include <algorithm>

namespace maxiofs::wizards {

using namespace Qt::StringLiterals;
using core::NodeFields;
using theme::Typography;

void NodeDescription::addName(const QString &label)
{
    m_name = addField(u"nodeName"_s, label, u"node-east-1"_s);
    m_name->setMaxLength(NodeFields::kLongestName);
}

void NodeDescription::addRegion()
{
    m_region = addField(u"nodeRegion"_s, tr("Region"), tr("us-east-1, or a town; may be empty"));
}

void NodeDescription::addRest()
{
    m_priority = new QLineEdit(QString::number(kStandardPriority));
    m_priority->setObjectName(u"nodePriority"_s);
    m_priority->setValidator(new QIntValidator(0, kHighestPriority, m_priority));
    connect(m_priority, &QLineEdit::textChanged, this, [this] { check(); });
    m_priority->setFixedWidth(Typography::scaled(96));
    m_priority->setAccessibleName(tr("Priority"));
    m_priority->setAccessibleDescription(tr("lower is preferred"));
    auto *line = new QWidget;
    auto *row = new QHBoxLayout(line);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(m_priority);
    row->addWidget(new widgets::TextLabel(tr("lower is preferred"), Typography::Role::Cell,
                                          widgets::TextLabel::Tone::Muted));
    row->addStretch();
    line->setFocusProxy(m_priority);
    line->setObjectName(u"nodePriorityRow"_s);
    addRow(tr("Priority"), line);
    m_metadata = addField(u"nodeMetadata"_s, tr("Metadata"), tr("rack=4, room=b2; may be empty"));
}

void NodeDescription::addRenames()
{
    m_renames = new QCheckBox(tr("Give other names to what is taken"));
    m_renames->setObjectName(u"acceptRenames"_s);
    m_renames->setFont(Typography::font(Typography::Role::Body));
    m_renames->hide();
    addLine(m_renames);
}

bool NodeDescription::placeClashes(const core::Problem &problem)
{
    if (!problem.is("NameClashes"_L1))
        return false;
    m_renames->show();
    setProblem(JoinProblems::ofNames(problem));
    return true;
}

protocol::NodeRequest NodeDescription::described() const
{
    protocol::NodeRequest request;
    request.name = name();
    request.region = region();
    request.priority = priority();
    request.metadata = metadata();
    request.acceptRenames = m_renames->isChecked();
    return request;
}

void NodeDescription::describe(const QString &name, const QString &region, std::int64_t priority,
                               const QJsonObject &metadata)
{
    m_name->setText(name);
    m_region->setText(region);
    m_priority->setText(QString::number(std::min<std::int64_t>(priority, kHighestPriority)));
    m_metadata->setText(NodeFields::textOf(metadata));
}

std::string NodeDescription::name() const
{
    return m_name->text().trimmed().toStdString();
}

std::string NodeDescription::region() const
{
    return m_region->text().trimmed().toStdString();
}

std::int64_t NodeDescription::priority() const
{
    return m_priority->text().toLongLong();
}

QJsonObject NodeDescription::metadata() const
{
    return NodeFields::metadata(m_metadata->text()).value_or(QJsonObject());
}

QString NodeDescription::missingHere()
{
    if (m_metadata) {
        const auto metadata = NodeFields::metadata(m_metadata->text());
        setFieldProblem(m_metadata, metadata ? QString() : metadata.error());
        if (!metadata)
            return metadata.error();
    }
    if (m_priority && !m_priority->hasAcceptableInput())
        return tr("Enter a priority from 0 to %1.").arg(kHighestPriority);
    return m_name && m_name->text().trimmed().isEmpty() ? tr("Enter a name for the node.") : QString();
}

}  // namespace maxiofs::wizards
