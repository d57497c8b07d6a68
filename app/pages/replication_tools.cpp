// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/replication_tools.h"

#include "core/format.h"
#include "pages/failover_actions.h"
#include "pages/filter_field.h"
#include "pages/replication_actions.h"
#include "theme/typography.h"
#include "widgets/icon_button.h"
#include "widgets/push_button.h"
#include "widgets/segmented_control.h"

#include <QBoxLayout>
#include <QMenu>

namespace maxiofs::pages {

using namespace Qt::StringLiterals;
using core::Format;
using theme::Typography;
using widgets::IconButton;
using widgets::PushButton;

namespace {

constexpr int kRowHeight = 40;
constexpr int kOneRowFrom = 1140;  // narrower, the filters go below

QFrame *separator()
{
    auto *line = new QFrame;
    line->setObjectName(u"separator"_s);
    line->setFixedSize(1, 18);
    return line;
}

}  // namespace

ReplicationTools::ReplicationTools(ReplicationActions &actions, FailoverActions &failover, QWidget *parent)
    : QFrame(parent),
      m_actions(actions),
      m_failover(failover),
      m_rows(new QBoxLayout(QBoxLayout::LeftToRight, this)),
      m_left(new QBoxLayout(QBoxLayout::LeftToRight)),
      m_right(new QBoxLayout(QBoxLayout::LeftToRight)),
      m_new(new PushButton(tr("New rule…"), PushButton::Kind::Primary)),
      m_promote(new IconButton(u"chevrons-up"_s, tr("Make the destination the owner"))),
      m_edit(new IconButton(u"pencil"_s, tr("Edit the rule"), u"F2"_s)),
      m_remove(new IconButton(u"trash-2"_s, tr("Remove the rule"), u"Del"_s)),
      m_kinds(new widgets::SegmentedControl({tr("All"), tr("Problems"), tr("Paused")}, tr("Rules shown"))),
      m_filter(makeFilterField(tr("Filter rules")))
{
    setObjectName(u"pageTools"_s);
    m_rows->setContentsMargins(12, 0, 12, 0);
    m_rows->setSpacing(0);
    m_left->setSpacing(2);
    m_right->setSpacing(8);
    m_new->setObjectName(u"newRule"_s);
    m_new->setThemeIcon(u"plus"_s);
    m_new->setKeyHint(u"Ctrl+N"_s);
    m_left->addWidget(m_new);
    m_left->addSpacing(4);
    m_bulk = addTool(u"bulkRules"_s, u"copy-plus"_s, tr("Bulk replicate…"));
    m_left->addWidget(separator());
    m_sync = addTool(u"syncRules"_s, u"refresh-ccw-dot"_s, tr("Sync now"));
    m_pause = addTool(u"pauseRules"_s, u"pause"_s, tr("Pause"));
    m_resume = addTool(u"resumeRules"_s, u"play"_s, tr("Resume"));
    m_verify = addTool(u"verifyRule"_s, u"file-check"_s, tr("Verify…"));
    m_left->addWidget(separator());
    m_promote->setObjectName(u"promoteRule"_s);
    m_edit->setObjectName(u"editRule"_s);
    m_remove->setObjectName(u"removeRule"_s);
    m_left->addWidget(m_promote);
    m_left->addWidget(m_edit);
    m_left->addWidget(m_remove);
    m_left->addSpacing(8);
    m_left->addStretch();
    m_right->addStretch();
    m_kinds->setObjectName(u"ruleKinds"_s);
    m_right->addWidget(m_kinds);
    m_filter->setObjectName(u"rulesFilter"_s);
    m_filter->setFixedWidth(Typography::scaled(150));
    m_right->addWidget(m_filter);
    addIcons();
    m_rows->addLayout(m_left);
    m_rows->addLayout(m_right);

    connect(m_new, &QPushButton::clicked, this, [this] { m_actions.create(this); });
    connect(m_bulk, &QPushButton::clicked, this, [this] { m_actions.bulk(this); });
    connect(m_sync, &QPushButton::clicked, this, [this] { m_actions.sync(m_rules); });
    connect(m_pause, &QPushButton::clicked, this, [this] { m_actions.pause(m_rules); });
    connect(m_resume, &QPushButton::clicked, this, [this] { m_actions.resume(m_rules); });
    connect(m_verify, &QPushButton::clicked, this, [this] { m_actions.verify(m_rules.value(0), this); });
    connect(m_promote, &QToolButton::clicked, this, &ReplicationTools::promote);
    connect(m_edit, &QToolButton::clicked, this, [this] { m_actions.edit(m_rules.value(0), this); });
    connect(m_remove, &QToolButton::clicked, this, [this] { m_actions.remove(m_rules.value(0), this); });
    present({});
}

PushButton *ReplicationTools::addTool(const QString &name, const QString &icon, const QString &text)
{
    auto *tool = new PushButton(text, PushButton::Kind::Tool);
    tool->setObjectName(name);
    tool->setThemeIcon(icon);
    m_left->addWidget(tool);
    return tool;
}

void ReplicationTools::addIcons()
{
    auto *columns = new IconButton(u"columns-3"_s, tr("Columns of the table"));
    columns->setObjectName(u"rulesColumns"_s);
    auto *download = new IconButton(u"download"_s, tr("Save the table as CSV"), u"Ctrl+E"_s);
    download->setObjectName(u"rulesExport"_s);
    connect(columns, &QToolButton::clicked, this,
            [this, columns] { Q_EMIT columnsRequested(columns->mapToGlobal(QPoint(0, columns->height()))); });
    connect(download, &QToolButton::clicked, this, &ReplicationTools::exportRequested);
    m_right->addWidget(columns);
    m_right->addWidget(download);
}

void ReplicationTools::present(const QStringList &rules)
{
    m_rules = rules;
    const auto allow = [](QAbstractButton *button, const QString &why, const QString &does) {
        button->setEnabled(why.isEmpty());
        button->setToolTip(why.isEmpty() ? does : why);
    };
    const QString any = m_actions.refusal();
    const QString some = m_actions.refusalFor(rules);
    const QString one = rules.size() > 1 && some.isEmpty() ? tr("Select one rule.") : some;
    allow(m_new, any, tr("Keep a copy of a bucket on another node  (Ctrl+N)"));
    allow(m_bulk, any, tr("Make a rule for each bucket of a node"));
    allow(m_sync, some, tr("Send what waits at once  (Ctrl+Shift+Y)"));
    allow(m_pause, m_actions.refusalToPause(rules), tr("Stop sending; what changes is kept  (Space)"));
    allow(m_resume, m_actions.refusalToResume(rules), tr("Go on sending  (Space)"));
    allow(m_verify, one, tr("Compare what both sides have"));
    allow(m_promote, refusalToPromote(), tr("Make the destination the owner of the bucket"));
    allow(m_edit, one, tr("Edit the rule  (F2)"));
    allow(m_remove, one, tr("Remove the rule  (Del)"));
}

QString ReplicationTools::refusalToPromote() const
{
    const QString why = m_failover.refusal();
    if (!why.isEmpty())
        return why;
    const models::RuleRow *row = m_rules.size() == 1 ? m_actions.find(m_rules.first()) : nullptr;
    if (!row)
        return m_rules.isEmpty() ? tr("No rule is selected.") : tr("Select one rule.");
    return row->rule.replica ? QString()
                             : tr("Its destination is a copy: a bucket of its own, with its own owner.");
}

void ReplicationTools::promote()
{
    const models::RuleRow *row = m_actions.find(m_rules.value(0));
    if (row && refusalToPromote().isEmpty())
        m_failover.promote(QString::fromStdString(row->rule.sourceBucket),
                           QString::fromStdString(row->rule.destinationNodeId), this);
}

void ReplicationTools::showMenu(const QPoint &at)
{
    QMenu *menu = m_actions.makeMenu(m_rules, this);
    if (!menu)
        return;
    menu->addSeparator();
    QAction *promotes = menu->addAction(tr("Promote the destination…"));
    promotes->setObjectName(u"menuPromote"_s);
    promotes->setEnabled(refusalToPromote().isEmpty());
    promotes->setToolTip(refusalToPromote());
    connect(promotes, &QAction::triggered, this, &ReplicationTools::promote);
    const QString bucket = QString::fromStdString(m_actions.find(m_rules.first())->rule.sourceBucket);
    QAction *policy = menu->addAction(tr("Failover of %1…", "a bucket").arg(bucket));
    policy->setObjectName(u"menuFailover"_s);
    const QString why = m_rules.size() > 1 ? tr("Select one rule.") : m_failover.refusal();
    policy->setEnabled(why.isEmpty());
    policy->setToolTip(why);
    connect(policy, &QAction::triggered, this, [this, bucket] { m_failover.choosePolicy(bucket, this); });
    menu->popup(at);
}

void ReplicationTools::showCounts(const models::ReplicationModel &rules)
{
    using theme::Status;
    const int problems = rules.countOf(Status::Bad) + rules.countOf(Status::Warn);
    m_kinds->setWords(
        {tr("All %1").arg(Format::count(rules.rowCount())), tr("Problems %1").arg(Format::count(problems)),
         tr("Paused %1").arg(Format::count(rules.countOf(protocol::ReplicationStatus::Paused)))});
}

void ReplicationTools::resizeEvent(QResizeEvent *event)
{
    QFrame::resizeEvent(event);
    const bool wide = width() >= Typography::scaled(kOneRowFrom);
    const auto direction = wide ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom;
    const int height = Typography::scaled(wide ? kRowHeight : 2 * kRowHeight - 4);
    if (m_rows->direction() == direction && maximumHeight() == height)
        return;
    m_rows->setDirection(direction);
    setFixedHeight(height);
}

}  // namespace maxiofs::pages
