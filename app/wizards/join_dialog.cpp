// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/join_dialog.h"

#include "core/node_fields.h"
#include "widgets/password_field.h"
#include "wizards/join_problems.h"

#include <QLineEdit>

namespace maxiofs::wizards {

using namespace Qt::StringLiterals;
using core::NodeFields;

JoinDialog::JoinDialog(const QString &name, const QString &region, QWidget *parent)
    : NodeDescription(
          u"joinDialog"_s, tr("Join a cluster"),
          tr("This node joins the cluster of another. Its buckets, users and keys come along; its "
             "administrator’s password becomes that of the cluster."),
          tr("Join"), widgets::PushButton::Kind::Primary, parent)
{
    m_endpoint = addField(u"joinEndpoint"_s, tr("Any member"), u"https://node1:8080"_s);
    m_token = addField(u"joinToken"_s, tr("Cluster token"), tr("64 digits, shown when the cluster was made"));
    widgets::makePasswordField(m_token);
    addName(tr("Node name"));
    addRegion();
    addRest();
    nameField()->setText(name);
    findChild<QLineEdit *>(u"nodeRegion"_s)->setText(region);
    addRenames();
    m_endpoint->setFocus();
}

JoinDialog::~JoinDialog()
{
    m_token->clear();
}

protocol::NodeRequest JoinDialog::request() const
{
    protocol::NodeRequest request = described();
    request.endpoint = NodeFields::endpoint(m_endpoint->text()).toStdString();
    request.nodeToken = NodeFields::token(m_token->text()).toStdString();
    return request;
}

bool JoinDialog::placeProblem(const core::Problem &problem)
{
    if (placeClashes(problem))
        return true;
    if (JoinProblems::concernsToken(problem)) {
        setFieldProblem(m_token, problem.summary);
    } else if (JoinProblems::concernsEndpoint(problem)) {
        setFieldProblem(m_endpoint, problem.summary);
    } else {
        return false;
    }
    return true;
}

void JoinDialog::check()
{
    const bool wrongEndpoint =
        !m_endpoint->text().isEmpty() && NodeFields::endpoint(m_endpoint->text()).isEmpty();
    const bool wrongToken = NodeFields::isNoToken(m_token->text());
    setFieldProblem(m_endpoint, wrongEndpoint ? tr("Write it as https://host:8080.") : QString());
    setFieldProblem(m_token, wrongToken ? tr("A token has 64 digits from 0 to 9 and a to f.") : QString());
    if (m_endpoint->text().isEmpty() || wrongEndpoint)
        setMissing(tr("Enter the address of any node of the cluster."));
    else if (!NodeFields::isToken(m_token->text()))
        setMissing(tr("Enter the cluster’s token."));
    else
        setMissing(missingHere());
}

}  // namespace maxiofs::wizards
