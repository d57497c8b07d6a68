// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/add_node_dialog.h"

#include "core/node_fields.h"
#include "theme/typography.h"
#include "widgets/fingerprint_view.h"
#include "widgets/password_field.h"
#include "widgets/segmented_control.h"
#include "widgets/text_label.h"
#include "wizards/join_problems.h"

#include <QCheckBox>
#include <QFrame>
#include <QLineEdit>
#include <QVBoxLayout>

namespace maxiofs::wizards {

using namespace Qt::StringLiterals;
using core::NodeFields;
using theme::Typography;
using widgets::TextLabel;

namespace {

// Hexadecimal digits alone, as FingerprintView takes them.
QString digitsOf(QString fingerprint)
{
    return fingerprint.remove(u':').toLower();
}

}  // namespace

AddNodeDialog::AddNodeDialog(QWidget *parent)
    : NodeDescription(
          u"addNodeDialog"_s, tr("Add node"),
          tr("The node at this address joins the cluster, with its buckets, users and keys. It has to "
             "agree: by one of its administrators, or because it was started with the cluster’s token."),
          tr("Add node"), widgets::PushButton::Kind::Primary, parent),
      m_way(new widgets::SegmentedControl({tr("Its administrator’s password"), tr("The cluster’s token")},
                                          tr("How it agrees"))),
      m_certificate(new QFrame),
      m_compared(new QCheckBox(tr("I have compared it with the one that the node shows")))
{
    m_endpoint = addField(u"addEndpoint"_s, tr("Endpoint"), u"https://node2:8080"_s);
    addName(tr("Node name"));
    addRegion();
    addRest();
    m_way->setObjectName(u"addWay"_s);
    addRow(tr("It agrees by"), m_way);
    m_token = addField(u"addToken"_s, tr("Cluster token"), tr("64 digits, shown when the cluster was made"));
    widgets::makePasswordField(m_token);

    m_certificate->setObjectName(u"inset"_s);
    m_certificateColumn = new QVBoxLayout(m_certificate);
    m_certificateColumn->setContentsMargins(12, 8, 12, 8);
    m_certificateColumn->setSpacing(6);
    auto *title = new TextLabel(tr("The node shows this certificate, SHA-256:"), Typography::Role::Cell,
                                TextLabel::Tone::Muted);
    m_certificateColumn->addWidget(title);
    m_compared->setObjectName(u"addCompared"_s);
    m_compared->setFont(Typography::font(Typography::Role::Body));
    m_certificateColumn->addWidget(m_compared);
    addRow(tr("Certificate"), m_certificate);
    m_user = addField(u"addUser"_s, tr("Its user"), u"admin"_s);
    m_user->setText(u"admin"_s);
    m_password = addField(u"addPassword"_s, tr("Its password"));
    widgets::makePasswordField(m_password);
    addRenames();

    connect(m_way, &widgets::SegmentedControl::chosen, this, &AddNodeDialog::showWay);
    connect(m_compared, &QCheckBox::toggled, this, [this] { showWay(); });
    // Another address is another node: what was compared says nothing about it.
    connect(m_endpoint, &QLineEdit::textChanged, this, [this] { showFingerprint({}); });
    showWay();
    m_endpoint->setFocus();
}

AddNodeDialog::~AddNodeDialog()
{
    m_token->clear();
    m_password->clear();
}

bool AddNodeDialog::byPassword() const
{
    return m_way->current() == 0;
}

void AddNodeDialog::showWay()
{
    const bool known = byPassword() && !m_fingerprint.isEmpty();
    setRowVisible(m_token, !byPassword());
    setRowVisible(m_certificate, known);
    setRowVisible(m_user, known && m_compared->isChecked());
    setRowVisible(m_password, known && m_compared->isChecked());
    setAcceptWord(byPassword() && m_fingerprint.isEmpty() ? tr("Next") : tr("Add node"));
    clearProblems();
    check();
    if (known && m_compared->isChecked())
        m_password->setFocus();
}

void AddNodeDialog::showFingerprint(const QString &fingerprint)
{
    if (fingerprint == m_fingerprint)
        return;
    m_fingerprint = fingerprint;
    m_compared->setChecked(false);
    m_password->clear();
    delete m_fingerprintView;
    m_fingerprintView = nullptr;
    if (!fingerprint.isEmpty()) {
        m_fingerprintView = new widgets::FingerprintView(fingerprint);
        m_certificateColumn->insertWidget(1, m_fingerprintView);
    }
    showWay();
}

protocol::NodeRequest AddNodeDialog::request() const
{
    protocol::NodeRequest request = described();
    request.endpoint = NodeFields::endpoint(m_endpoint->text()).toStdString();
    if (!byPassword()) {
        request.nodeToken = NodeFields::token(m_token->text()).toStdString();
        return request;
    }
    request.remoteUsername = m_user->text().trimmed().toStdString();
    if (!m_fingerprint.isEmpty() && m_compared->isChecked()) {
        request.remoteFingerprint = m_fingerprint.toStdString();
        request.remotePassword = m_password->text().toStdString();
    }
    return request;
}

bool AddNodeDialog::placeProblem(const core::Problem &problem)
{
    const QString seen = digitsOf(problem.facts.value("fingerprint"_L1).toString());
    if (problem.is("UnknownCertificate"_L1) && byPassword() && !seen.isEmpty()) {
        const bool another = !m_fingerprint.isEmpty() && seen != m_fingerprint;
        showFingerprint(seen);
        m_compared->setFocus();
        if (another)
            setFieldProblem(m_certificate, tr("The node shows another certificate than before."));
        return true;
    }
    if (placeClashes(problem))
        return true;
    if (problem.is("WrongRemoteCredentials"_L1)) {
        setFieldProblem(m_password, problem.summary);
        m_password->selectAll();
        m_password->setFocus();
    } else if (JoinProblems::concernsToken(problem) && !byPassword()) {
        setFieldProblem(m_token, problem.summary);
    } else if (JoinProblems::concernsEndpoint(problem)) {
        setFieldProblem(m_endpoint, problem.summary);
    } else {
        return false;
    }
    return true;
}

void AddNodeDialog::check()
{
    const bool wrongEndpoint =
        !m_endpoint->text().isEmpty() && NodeFields::endpoint(m_endpoint->text()).isEmpty();
    setFieldProblem(m_endpoint, wrongEndpoint ? tr("Write it as https://host:8080.") : QString());
    QString missing = missingHere();
    if (m_endpoint->text().isEmpty() || wrongEndpoint) {
        missing = tr("Enter the address of the node.");
    } else if (!byPassword()) {
        setFieldProblem(m_token, NodeFields::isNoToken(m_token->text())
                                     ? tr("A token has 64 digits from 0 to 9 and a to f.")
                                     : QString());
        if (missing.isEmpty() && !NodeFields::isToken(m_token->text()))
            missing = tr("Enter the cluster’s token.");
    } else if (!m_fingerprint.isEmpty() && !m_compared->isChecked()) {
        missing = tr("Compare the certificate first.");
    } else if (missing.isEmpty() && !m_fingerprint.isEmpty() &&
               (m_password->text().isEmpty() || m_user->text().trimmed().isEmpty())) {
        missing = tr("Enter the name and password of one of its administrators.");
    }
    setMissing(missing);
}

}  // namespace maxiofs::wizards
