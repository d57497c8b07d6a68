// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "theme/token.h"
#include "theme/typography.h"

#include <QStyledItemDelegate>

#include <optional>

namespace maxiofs::widgets {

inline constexpr int kCellPadding = 10;
inline constexpr int kFirstCellPadding = 12;

// Paints a row's ground (selected, under the mouse), its line and, in the first column, the selection's bar,
// then the cell: text, and behind it core::TagRole as a tag, core::IconRole as
// an icon and core::SecondaryRole in a quieter colour. A
// row with core::StaleRole is muted. Other delegates replace paintCell() alone.
class RowDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    /// Names and the like: in medium weight.
    void setStrong(bool strong) { m_strong = strong; }
    /// Another font than that of cells.
    void setRole(theme::Typography::Role role) { m_role = role; }
    void setToken(theme::Token token) { m_token = token; }
    /// Where what does not fit is left out; keys differ at their ends.
    void setElide(Qt::TextElideMode elide) { m_elide = elide; }

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

protected:
    /// `area` is the cell without its padding.
    virtual void paintCell(QPainter *painter, const QRect &area, const QStyleOptionViewItem &option,
                           const QModelIndex &index) const;
    [[nodiscard]] static bool isStale(const QModelIndex &index);
    /// Paints text in one line, elided, and returns the width used.
    static int paintText(QPainter *painter, const QRect &area, Qt::Alignment alignment, const QString &text,
                         const QFont &font, theme::Token token, Qt::TextElideMode elide = Qt::ElideRight);

private:
    bool m_strong = false;
    std::optional<theme::Typography::Role> m_role;
    theme::Token m_token = theme::Token::Text;
    Qt::TextElideMode m_elide = Qt::ElideRight;
};

}  // namespace maxiofs::widgets
