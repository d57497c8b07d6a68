// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/filter_field.h"

#include "theme/icon_loader.h"
#include "theme/typography.h"
#include "widgets/badge.h"

#include <QKeyEvent>
#include <QPainter>
#include <QVariant>

namespace maxiofs::pages {

using namespace Qt::StringLiterals;

namespace {

constexpr int kKeysRight = 6;
constexpr int kKeyGap = 3;

// Shows the keys that lead to it while it is empty; Esc empties it.
class FilterField : public QLineEdit {
protected:
    void keyPressEvent(QKeyEvent *event) override
    {
        if (event->key() == Qt::Key_Escape && !text().isEmpty()) {
            clear();
            return;
        }
        QLineEdit::keyPressEvent(event);
    }

    void paintEvent(QPaintEvent *event) override
    {
        QLineEdit::paintEvent(event);
        if (hasFocus() || !text().isEmpty())
            return;
        QPainter painter(this);
        QRect rest = rect().adjusted(0, 0, -kKeysRight, 0);
        for (const QString &key : {u"F"_s, u"Ctrl"_s})
            rest.setRight(rest.right() - widgets::Badge::paintKeyCap(&painter, rest, key) - kKeyGap);
    }
};

}  // namespace

QLineEdit *makeFilterField(const QString &placeholder)
{
    auto *field = new FilterField;
    field->setPlaceholderText(placeholder);
    field->setAccessibleName(placeholder);
    field->setToolTip(u"%1  (Ctrl+F)"_s.arg(placeholder));
    field->setProperty("compact", true);
    field->setProperty("filter", true);
    field->setClearButtonEnabled(true);
    field->addAction(theme::IconLoader::icon(u"list-filter"_s, theme::Token::Muted),
                     QLineEdit::LeadingPosition);
    field->setFixedSize(theme::Typography::scaled(190), theme::Typography::scaled(24));
    return field;
}

}  // namespace maxiofs::pages
