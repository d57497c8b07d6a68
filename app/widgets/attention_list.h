// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/panel.h"

#include <QAbstractItemModel>

class QListView;

namespace maxiofs::widgets {

// "Needs attention": what is not well, why, and since when. Hidden while all is well.
class AttentionList : public Panel {
    Q_OBJECT
public:
    explicit AttentionList(QWidget *parent = nullptr);

    void setModel(QAbstractItemModel *model);

private:
    void fit();

    QListView *m_view;
};

}  // namespace maxiofs::widgets
