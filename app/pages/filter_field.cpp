// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/filter_field.h"

#include "theme/icon_loader.h"
#include "theme/typography.h"

#include <QKeyEvent>
#include <QVariant>

namespace maxiofs::pages {

using namespace Qt::StringLiterals;

namespace {

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
