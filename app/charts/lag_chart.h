// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QWidget>

namespace maxiofs::charts {

// One figure over the last hour, from 0: a line with its area, times below, figures at the left. Nothing is
// shown where nothing was seen: a gap stays a gap.
class LagChart : public QWidget {
    Q_OBJECT
public:
    struct Sample {
        std::int64_t atMs = 0;
        std::int64_t value = 0;
    };

    explicit LagChart(const QString &name, QWidget *parent = nullptr);

    /// `gapMs`: samples that are further apart are not joined.
    void present(const QList<Sample> &samples, std::int64_t fromMs, std::int64_t toMs, std::int64_t gapMs);
    [[nodiscard]] const QList<Sample> &samples() const { return m_samples; }
    /// A round figure that none of up to `value` is above.
    [[nodiscard]] static std::int64_t topFor(std::int64_t value);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_name;
    QList<Sample> m_samples;
    std::int64_t m_fromMs = 0;
    std::int64_t m_toMs = 1;
    std::int64_t m_gapMs = 1;
};

}  // namespace maxiofs::charts
