// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/remove_rule_dialog.h"

#include "core/format.h"
#include "theme/typography.h"
#include "widgets/text_label.h"

#include <QLineEdit>

namespace maxiofs::wizards {

using namespace Qt::StringLiterals;
using core::Format;
using theme::Typography;
using widgets::TextLabel;

RemoveRuleDialog::RemoveRuleDialog(const protocol::ReplicationRule &rule, const QString &route,
                                   QWidget *parent)
    : FormDialog(u"removeRuleDialog"_s, tr("Remove rule"),
                 rule.full && rule.replica
                     ? tr("%1 is no longer sent %2, which can then neither serve its reads nor take it over.",
                          "bucket, from node to node")
                           .arg(QString::fromStdString(rule.sourceBucket), route)
                     : tr("%1 is no longer sent %2.", "bucket, from node to node")
                           .arg(QString::fromStdString(rule.sourceBucket), route),
                 tr("Remove"), widgets::PushButton::Kind::Danger, parent),
      m_bucket(QString::fromStdString(rule.sourceBucket))
{
    if (rule.state.lagObjects > 0) {
        auto *unsent =
            new TextLabel(tr("%1 objects, %2, are not there yet.")
                              .arg(Format::count(rule.state.lagObjects), Format::bytes(rule.state.lagBytes)),
                          Typography::Role::Cell, TextLabel::Tone::Warn);
        unsent->setObjectName(u"removeUnsent"_s);
        unsent->setWordWrap(true);
        addLine(unsent);
    }
    m_name = addField(u"removeName"_s, tr("Bucket’s name"), tr("%1, to go on").arg(m_bucket));
    m_name->setFocus();
}

void RemoveRuleDialog::check()
{
    setMissing(m_name->text().trimmed() == m_bucket ? QString()
                                                    : tr("Enter the name of the bucket: %1").arg(m_bucket));
}

}  // namespace maxiofs::wizards
