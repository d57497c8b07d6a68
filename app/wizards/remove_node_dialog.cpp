// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/remove_node_dialog.h"

#include "theme/typography.h"
#include "widgets/text_label.h"
#include "wizards/join_problems.h"

#include <QCheckBox>

namespace maxiofs::wizards {

using namespace Qt::StringLiterals;
using theme::Typography;
using widgets::TextLabel;

RemoveNodeDialog::RemoveNodeDialog(const QString &name, bool leaving, const QStringList &buckets,
                                   QWidget *parent)
    : FormDialog(
          u"removeNodeDialog"_s, leaving ? tr("Leave the cluster") : tr("Remove %1").arg(name),
          leaving
              ? tr("%1 becomes a node alone and keeps its data. It can join again, as a new node.").arg(name)
              : tr("%1 is a stranger to the cluster from then on; the cluster’s token and keys are replaced "
                   "at "
                   "once. It keeps its data and can join again, as a new node, with a token that you get by "
                   "rotating it.")
                    .arg(name),
          leaving ? tr("Leave") : tr("Remove"), widgets::PushButton::Kind::Danger, parent),
      m_name(name),
      m_leaving(leaving),
      m_buckets(new TextLabel(Typography::Role::Cell, TextLabel::Tone::Warn)),
      m_force(new QCheckBox)
{
    m_buckets->setObjectName(u"removeBuckets"_s);
    m_buckets->setWordWrap(true);
    addLine(m_buckets);
    m_force->setObjectName(u"removeForce"_s);
    m_force->setFont(Typography::font(Typography::Role::Body));
    addLine(m_force);
    connect(m_force, &QCheckBox::toggled, this, [this] { check(); });
    showBuckets(buckets);
}

void RemoveNodeDialog::showBuckets(const QStringList &buckets)
{
    m_owned = buckets;
    const auto count = static_cast<int>(buckets.size());
    m_buckets->setFullText(
        count == 0 ? QString()
                   : tr("It owns %n buckets: %1. They cannot be read or written until it joins again.",
                        nullptr, count)
                         .arg(JoinProblems::listed(buckets)));
    m_buckets->setVisible(count > 0);
    m_force->setText(m_leaving ? tr("Leave nevertheless and make its buckets unavailable")
                               : tr("Remove it nevertheless and make its buckets unavailable"));
    m_force->setVisible(count > 0);
    if (count == 0)
        m_force->setChecked(false);
    check();
    fit();
}

bool RemoveNodeDialog::force() const
{
    return m_force->isChecked();
}

bool RemoveNodeDialog::placeProblem(const core::Problem &problem)
{
    if (!problem.is("NodeOwnsBuckets"_L1))
        return false;
    showBuckets(problem.listed("buckets"_L1));
    return true;
}

void RemoveNodeDialog::check()
{
    setMissing(m_owned.isEmpty() || m_force->isChecked()
                   ? QString()
                   : tr("Migrate or delete its buckets first, or tick the box."));
}

}  // namespace maxiofs::wizards
