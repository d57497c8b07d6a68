// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/settle_conflicts_dialog.h"

#include "theme/typography.h"
#include "widgets/text_label.h"

namespace maxiofs::wizards {

using namespace Qt::StringLiterals;
using theme::Typography;
using widgets::TextLabel;

namespace {

constexpr int kMostNamed = 6;

QString consequence(SettleConflictsDialog::What what)
{
    return what == SettleConflictsDialog::What::Restore
               ? SettleConflictsDialog::tr(
                     "What lost becomes what the object is, a deletion too. What stands "
                     "now remains as an older version where the bucket keeps versions; "
                     "elsewhere it is overwritten.")
               : SettleConflictsDialog::tr("What lost is removed for good. What stands now stays as it is.");
}

}  // namespace

SettleConflictsDialog::SettleConflictsDialog(What what, const QList<protocol::Conflict> &conflicts,
                                             QWidget *parent)
    : FormDialog(u"settleDialog"_s,
                 what == What::Restore
                     ? tr("Restore %n conflict versions", nullptr, static_cast<int>(conflicts.size()))
                     : tr("Discard %n conflict versions", nullptr, static_cast<int>(conflicts.size())),
                 consequence(what), what == What::Restore ? tr("Restore") : tr("Discard"),
                 what == What::Restore ? widgets::PushButton::Kind::Primary
                                       : widgets::PushButton::Kind::Danger,
                 parent)
{
    for (const protocol::Conflict &conflict : conflicts.first(qMin(conflicts.size(), kMostNamed))) {
        const QString key = QString::fromStdString(conflict.objectKey);
        auto *line = new TextLabel(
            u"%1  ·  %2"_s.arg(QString::fromStdString(conflict.bucket),
                               conflict.isDeleteMarker ? tr("%1, its deletion", "an object").arg(key) : key),
            Typography::Role::Mono);
        line->setElided(true);
        addLine(line);
    }
    if (conflicts.size() > kMostNamed)
        addLine(new TextLabel(tr("and %1 more").arg(conflicts.size() - kMostNamed), Typography::Role::Cell,
                              TextLabel::Tone::Muted));
}

}  // namespace maxiofs::wizards
