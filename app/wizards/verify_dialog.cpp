// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/verify_dialog.h"

#include "core/format.h"
#include "theme/typography.h"
#include "widgets/check_list.h"
#include "widgets/text_label.h"

#include <QDateTime>

namespace maxiofs::wizards {

using namespace Qt::StringLiterals;
using core::Format;
using protocol::ReplicationVerification;
using protocol::ReplicationVerifyState;
using theme::Status;
using theme::Typography;
using widgets::TextLabel;

VerifyDialog::VerifyDialog(const QString &bucket, const QString &route, QWidget *parent)
    : FormDialog(u"verifyDialog"_s, tr("Verify %1", "a bucket").arg(bucket),
                 tr("The lists of both sides are compared, %1: key, version, size and content hash, without "
                    "reading the data. What differs is repaired.",
                    "from node to node")
                     .arg(route),
                 tr("Compare now"), widgets::PushButton::Kind::Primary, parent),
      m_conclusion(new TextLabel(tr("Asking for the last outcome"), Typography::Role::CellStrong)),
      m_facts(new widgets::CheckList)
{
    setCancelWord(tr("Close"));
    m_conclusion->setObjectName(u"verifyConclusion"_s);
    m_conclusion->setWordWrap(true);
    addLine(m_conclusion);
    m_facts->setObjectName(u"verifyFacts"_s);
    m_facts->setAccessibleName(tr("Outcome"));
    m_facts->hide();
    addLine(m_facts);
}

void VerifyDialog::present(const ReplicationVerification &outcome)
{
    const bool running = outcome.state == ReplicationVerifyState::Running;
    setBusy(running ? tr("Comparing: %1 versions so far").arg(Format::count(outcome.versionsCompared))
                    : QString());
    const std::int64_t wrong = outcome.versionsMissing + outcome.versionsDiffering + outcome.versionsExtra;
    const QString when = outcome.finishedAt
                             ? Format::time(outcome.finishedAt->unixMs, QDateTime::currentMSecsSinceEpoch())
                             : Format::unknown();
    switch (outcome.state) {
    case ReplicationVerifyState::Never:
        m_conclusion->setFullText(tr("The two sides have not been compared yet."));
        break;
    case ReplicationVerifyState::Running: m_conclusion->setFullText(tr("The two sides are compared.")); break;
    case ReplicationVerifyState::Failed:
        m_conclusion->setFullText(tr("The comparison failed: %1")
                                      .arg(QString::fromStdString(outcome.error.value_or(std::string()))));
        break;
    case ReplicationVerifyState::Done:
        m_conclusion->setFullText(wrong == 0 ? tr("Both sides were equal at %1.").arg(when)
                                             : tr("The sides differed at %1.").arg(when));
        break;
    }
    m_conclusion->setTone(outcome.state == ReplicationVerifyState::Failed ? TextLabel::Tone::Bad
                          : wrong > 0 && outcome.versionsRepaired < wrong ? TextLabel::Tone::Warn
                                                                          : TextLabel::Tone::Normal);
    const auto line = [running](const QString &name, std::int64_t count) {
        return widgets::CheckList::Line{.name = name,
                                        .status = count > 0 ? Status::Warn
                                                  : running ? Status::Running
                                                            : Status::Ok,
                                        .finding = Format::count(count),
                                        .milliseconds = {}};
    };
    QList<widgets::CheckList::Line> lines{
        {.name = tr("Compared"),
         .status = running ? Status::Running : Status::Ok,
         .finding = tr("%1 versions").arg(Format::count(outcome.versionsCompared)),
         .milliseconds = {}},
        line(tr("Missing"), outcome.versionsMissing),
        line(tr("Different"), outcome.versionsDiffering),
        line(tr("Only there"), outcome.versionsExtra)};
    if (wrong > 0)
        lines.append(
            {.name = tr("Repaired"),
             .status = outcome.versionsRepaired >= wrong ? Status::Ok : Status::Running,
             .finding = tr("%1 of %2").arg(Format::count(outcome.versionsRepaired), Format::count(wrong)),
             .milliseconds = {}});
    m_facts->setLines(lines);
    m_facts->setVisible(outcome.state != ReplicationVerifyState::Never);
    fit();
}

}  // namespace maxiofs::wizards
