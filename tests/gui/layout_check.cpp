// SPDX-License-Identifier: GPL-3.0-or-later
#include "layout_check.h"

#include "widgets/badge.h"
#include "widgets/status_line.h"
#include "widgets/text_label.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractScrollArea>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QScrollBar>
#include <QSplitter>
#include <QTableView>
#include <QToolButton>

namespace maxiofs::test {

using namespace Qt::StringLiterals;

namespace {

QString describe(const QWidget &widget)
{
    QString name = QString::fromLatin1(widget.metaObject()->className());
    if (!widget.objectName().isEmpty())
        name += u" "_s + widget.objectName();
    if (const auto *label = qobject_cast<const QLabel *>(&widget))
        name += u" “%1”"_s.arg(label->text());
    if (const auto *button = qobject_cast<const QAbstractButton *>(&widget))
        name += u" “%1”"_s.arg(button->text());
    return name;
}

// Widgets that Qt itself puts into others.
bool isInner(const QWidget &widget)
{
    for (const QWidget *parent = widget.parentWidget(); parent; parent = parent->parentWidget()) {
        if (qobject_cast<const QLineEdit *>(parent) || qobject_cast<const QComboBox *>(parent) ||
            qobject_cast<const QAbstractItemView *>(parent) || qobject_cast<const QScrollBar *>(parent))
            return true;
    }
    return widget.objectName().startsWith(u"qt_"_s);
}

void checkText(const QWidget &widget, QStringList &problems)
{
    if (const auto *label = qobject_cast<const QLabel *>(&widget)) {
        if (label->text().isEmpty() || label->wordWrap())
            return;
        const int needed = label->fontMetrics().horizontalAdvance(label->text());
        if (needed > label->contentsRect().width() + 1)
            problems << u"%1 needs %2 px, has %3"_s.arg(describe(widget))
                            .arg(needed)
                            .arg(label->contentsRect().width());
        if (label->fontMetrics().height() > label->height() + 1)
            problems << u"%1 is cut off in height"_s.arg(describe(widget));
    }
    const auto *button = qobject_cast<const QAbstractButton *>(&widget);
    const bool sized = button || qobject_cast<const widgets::Badge *>(&widget) ||
                       qobject_cast<const widgets::StatusLine::Part *>(&widget);
    if (sized && widget.sizeHint().width() > widget.width() + 1 && !(button && button->text().isEmpty()))
        problems << u"%1 needs %2 px, has %3"_s.arg(describe(widget))
                        .arg(widget.sizeHint().width())
                        .arg(widget.width());
}

void checkHeaders(const QWidget &widget, QStringList &problems)
{
    const auto *table = qobject_cast<const QTableView *>(&widget);
    if (!table || !table->model())
        return;
    const QHeaderView *header = table->horizontalHeader();
    for (int column = 0; column < header->count(); ++column) {
        if (header->isSectionHidden(column))
            continue;
        const QString word = table->model()->headerData(column, Qt::Horizontal).toString();
        const int needed = header->fontMetrics().horizontalAdvance(word);
        if (needed > header->sectionSize(column) - 8) {
            problems << u"%1: the header “%2” needs %3 px, has %4"_s.arg(describe(widget), word)
                            .arg(needed)
                            .arg(header->sectionSize(column));
        }
    }
    if (header->length() > table->viewport()->width() + 1)
        problems << u"%1: its columns are %2 px wide, it has %3"_s.arg(describe(widget))
                        .arg(header->length())
                        .arg(table->viewport()->width());
}

}  // namespace

QStringList layoutProblems(QWidget &window)
{
    QStringList problems;
    for (QWidget *widget : window.findChildren<QWidget *>()) {
        if (!widget->isVisible() || isInner(*widget) || widget->isWindow())
            continue;
        checkText(*widget, problems);
        checkHeaders(*widget, problems);
        const QWidget *parent = widget->parentWidget();
        const bool scrolled = parent && qobject_cast<const QAbstractScrollArea *>(parent->parentWidget());
        if (parent && !scrolled && !parent->rect().adjusted(-1, -1, 1, 1).contains(widget->geometry()) &&
            !widget->geometry().isEmpty())
            problems << u"%1 reaches out of %2"_s.arg(describe(*widget), describe(*parent));
    }
    for (QWidget *parent : window.findChildren<QWidget *>()) {
        if (!parent->isVisible() || isInner(*parent) || qobject_cast<QAbstractScrollArea *>(parent) ||
            qobject_cast<QLineEdit *>(parent) || qobject_cast<QComboBox *>(parent))
            continue;
        QList<QWidget *> children;
        for (QObject *child : parent->children()) {
            auto *widget = qobject_cast<QWidget *>(child);
            if (widget && widget->isVisible() && !widget->isWindow())
                children << widget;
        }
        for (qsizetype i = 0; i < children.size(); ++i) {
            for (qsizetype j = i + 1; j < children.size(); ++j) {
                const QRect common = children[i]->geometry().intersected(children[j]->geometry());
                if (common.width() > 1 && common.height() > 1)
                    problems << u"%1 lies over %2"_s.arg(describe(*children[j]), describe(*children[i]));
            }
        }
    }
    return problems;
}

QStringList namelessControls(QWidget &window)
{
    QStringList nameless;
    for (QWidget *widget : window.findChildren<QWidget *>()) {
        if (isInner(*widget) || qobject_cast<QHeaderView *>(widget) || qobject_cast<QScrollBar *>(widget))
            continue;
        const auto *button = qobject_cast<QAbstractButton *>(widget);
        const bool view = qobject_cast<QAbstractItemView *>(widget) || qobject_cast<QLineEdit *>(widget) ||
                          qobject_cast<QComboBox *>(widget);
        const bool says = button && !button->text().isEmpty();
        // A button without a word is hidden until it has one.
        if (button && !says && button->isHidden())
            continue;
        if ((view || button) && widget->accessibleName().isEmpty() && !says)
            nameless << u"%1 has no accessible name"_s.arg(describe(*widget));
        if ((view || button) && widget->objectName().isEmpty())
            nameless << u"%1 has no object name"_s.arg(describe(*widget));
    }
    return nameless;
}

}  // namespace maxiofs::test
