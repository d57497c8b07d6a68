// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/cluster.h"
#include "wizards/node_description.h"

class QCheckBox;
class QVBoxLayout;

namespace maxiofs::widgets {
class SegmentedControl;
}

namespace maxiofs::wizards {

// "Add node", on a member: the node at an address is asked to join. It agrees by the password of one of its
// administrators, or by the token that it was started with. The password is asked for only once the node's
// certificate has been seen and compared, and goes to no other. Secrets are in the fields alone and go with
// the dialog.
class AddNodeDialog : public NodeDescription {
    Q_OBJECT
public:
    explicit AddNodeDialog(QWidget *parent);
    ~AddNodeDialog() override;

    /// Without the password until the certificate was compared.
    [[nodiscard]] protocol::NodeRequest request() const;
    /// The certificate that the node shows, 64 hexadecimal digits; empty: not seen yet.
    [[nodiscard]] const QString &fingerprint() const { return m_fingerprint; }

protected:
    bool placeProblem(const core::Problem &problem) override;
    void check() override;

private:
    [[nodiscard]] bool byPassword() const;
    void showWay();
    void showFingerprint(const QString &fingerprint);

    QLineEdit *m_endpoint;
    widgets::SegmentedControl *m_way;
    QLineEdit *m_token;
    QWidget *m_certificate;
    QVBoxLayout *m_certificateColumn;
    QWidget *m_fingerprintView = nullptr;
    QCheckBox *m_compared;
    QLineEdit *m_user;
    QLineEdit *m_password;
    QString m_fingerprint;
};

}  // namespace maxiofs::wizards
