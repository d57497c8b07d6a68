// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "theme/typography.h"

#include <QLabel>

namespace maxiofs::widgets {

// A label whose size and weight are a role and whose colour is a tone. Elided where asked: the whole text is
// then in the tooltip.
class TextLabel : public QLabel {
    Q_OBJECT
public:
    enum class Tone { Normal, Secondary, Muted, Warn, Bad };

    explicit TextLabel(theme::Typography::Role role, Tone tone = Tone::Normal, QWidget *parent = nullptr);
    TextLabel(const QString &text, theme::Typography::Role role, Tone tone = Tone::Normal,
              QWidget *parent = nullptr);

    void setTone(Tone tone);
    /// Shorten the text with "…" rather than ask for its whole width.
    void setElided(bool elided);
    void setFullText(const QString &text);
    [[nodiscard]] const QString &fullText() const { return m_full; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void elide();

    Tone m_tone = Tone::Normal;
    QString m_full;
    bool m_elided = false;
};

}  // namespace maxiofs::widgets
