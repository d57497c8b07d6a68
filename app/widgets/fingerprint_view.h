// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace maxiofs::widgets {

// A SHA-256 fingerprint in two rows of 16 pairs; pairs that differ from another one are marked.
class FingerprintView : public QWidget {
    Q_OBJECT
public:
    explicit FingerprintView(const QString &fingerprint, const QString &compareWith = {},
                             QWidget *parent = nullptr);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    [[nodiscard]] int pairWidth() const;
    [[nodiscard]] int rowHeight() const;

    QString m_fingerprint;
    QString m_compareWith;
};

}  // namespace maxiofs::widgets
