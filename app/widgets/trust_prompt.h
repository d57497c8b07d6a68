// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/certificate_facts.h"

#include <QDialog>

class QCheckBox;

namespace maxiofs::widgets {

class PushButton;

// Asks a person whether to trust a server's certificate: at first contact its fingerprint, for a changed one
// old and new below each other with the differing pairs marked. It never trusts by default: the box must be
// ticked, and for a changed certificate no button answers to Enter.
class TrustPrompt : public QDialog {
    Q_OBJECT
public:
    /// `before` is the fingerprint trusted so far; empty at first contact.
    TrustPrompt(const core::CertificateFacts &facts, const QString &before, QWidget *parent);

    /// "3A 9F 41 …" in two rows of 16 pairs.
    [[nodiscard]] static QString inPairs(const QString &fingerprint);

private:
    QCheckBox *m_compared;
    PushButton *m_trust;
};

}  // namespace maxiofs::widgets
