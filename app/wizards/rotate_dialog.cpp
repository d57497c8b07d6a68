// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/rotate_dialog.h"

namespace maxiofs::wizards {

using namespace Qt::StringLiterals;

RotateDialog::RotateDialog(const QString &fingerprint, QWidget *parent)
    : FormDialog(
          u"rotateDialog"_s, tr("Rotate the cluster’s token"),
          tr("A new token replaces the one with the fingerprint %1. Nothing stops: the old one counts until "
             "every member has the new one, at most ten minutes; a member that is away fetches it when it is "
             "back. The new token is shown next, once.")
              .arg(fingerprint),
          tr("Rotate"), widgets::PushButton::Kind::Primary, parent)
{
}

}  // namespace maxiofs::wizards
