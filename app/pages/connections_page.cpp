// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/connections_page.h"

#include "core/format.h"
#include "core/item_roles.h"
#include "widgets/data_table.h"
#include "widgets/empty_state.h"
#include "widgets/page_header.h"
#include "widgets/panel.h"
#include "widgets/push_button.h"
#include "widgets/row_delegate.h"
#include "widgets/status_delegate.h"

#include <QStackedWidget>
#include <QVBoxLayout>

namespace maxiofs::pages {

using namespace Qt::StringLiterals;
using models::ConnectionsModel;
using widgets::PushButton;
using State = core::ConnectionState::State;

ConnectionsPage::ConnectionsPage(ConnectionsModel &model, QWidget *parent)
    : QWidget(parent),
      m_model(model),
      m_header(new widgets::PageHeader(tr("Connections"))),
      m_form(new ConnectionForm),
      m_table(new widgets::DataTable(u"connectionsTable"_s, tr("Saved connections"))),
      m_empty(new widgets::EmptyState(u"plug"_s)),
      m_stack(new QStackedWidget),
      m_open(new PushButton(tr("Open"))),
      m_signOut(new PushButton(tr("Sign out"))),
      m_edit(new PushButton(tr("Edit"))),
      m_remove(new PushButton(tr("Remove"), PushButton::Kind::Danger))
{
    setObjectName(u"connectionsPage"_s);
    auto *saved = new widgets::Panel(tr("Saved connections"));
    m_open->setObjectName(u"openConnection"_s);
    m_signOut->setObjectName(u"signOutConnection"_s);
    m_edit->setObjectName(u"editConnection"_s);
    m_edit->setThemeIcon(u"pencil"_s);
    m_remove->setObjectName(u"removeConnection"_s);
    m_remove->setThemeIcon(u"trash-2"_s);
    for (PushButton *button : {m_open, m_signOut, m_edit, m_remove}) {
        button->setCompact(true);
        saved->addAction(button);
    }
    auto *name = new widgets::RowDelegate(m_table);
    name->setStrong(true);
    auto *quiet = new widgets::RowDelegate(m_table);
    quiet->setToken(theme::Token::Text2);
    m_table->setItemDelegateForColumn(ConnectionsModel::Name, name);
    m_table->setItemDelegateForColumn(ConnectionsModel::State, new widgets::StatusDelegate(m_table));
    m_table->setItemDelegateForColumn(ConnectionsModel::Address, quiet);
    m_table->setItemDelegateForColumn(ConnectionsModel::LastSize, quiet);
    m_table->setItemDelegateForColumn(ConnectionsModel::LastUsed, quiet);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setSource(&model);
    m_table->setColumns({190, 170, 280, 110, 170, 110}, ConnectionsModel::Address, 200,
                        {ConnectionsModel::LastSize, ConnectionsModel::User});
    m_empty->setText(
        tr("No connections yet"),
        tr("Enter the address of any node of a cluster above. The connection is saved once it works."));
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_empty);
    saved->body()->addWidget(m_stack, 1);
    saved->body()->addSpacing(4);

    auto *body = new QVBoxLayout;
    body->setContentsMargins(12, 12, 12, 12);
    body->setSpacing(8);
    body->addWidget(m_form);
    body->addWidget(saved, 1);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(m_header);
    all->addLayout(body, 1);

    connect(m_table, &widgets::DataTable::opened, this,
            [this](const QModelIndex &index) { Q_EMIT openRequested(index.data(core::IdRole).toString()); });
    connect(m_table, &widgets::DataTable::selectionTextChanged, this, &ConnectionsPage::showSelection);
    connect(m_open, &QPushButton::clicked, this, [this] { Q_EMIT openRequested(selectedId()); });
    connect(m_signOut, &QPushButton::clicked, this, [this] { Q_EMIT signOutRequested(selectedId()); });
    connect(m_edit, &QPushButton::clicked, this, [this] { Q_EMIT editRequested(selectedId()); });
    connect(m_remove, &QPushButton::clicked, this, [this] { Q_EMIT removeRequested(selectedId()); });
    for (const auto changed : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(&model, changed, this, &ConnectionsPage::showSelection);
    connect(&model, &QAbstractItemModel::dataChanged, this, &ConnectionsPage::showSelection);
    showSelection();
}

void ConnectionsPage::setKeepingPlace(const QString &name, bool lasting)
{
    m_place = lasting ? tr("secrets are kept in %1", "a key store").arg(name)
                      : tr("secrets are kept for this session only");
    m_form->setKeepingPlace(name, lasting);
    showSelection();
}

QString ConnectionsPage::selectedId() const
{
    const auto rows = m_table->selectionModel()->selectedRows();
    return rows.isEmpty() ? QString() : rows.first().data(core::IdRole).toString();
}

void ConnectionsPage::showSelection()
{
    const models::ConnectionRow *row = m_model.find(selectedId());
    const bool signedOut = row && row->state == State::SignedOut;
    const QString none = tr("Choose a connection in the list.");
    m_open->setEnabled(row != nullptr);
    m_open->setText(signedOut ? tr("Sign in") : tr("Open"));
    m_open->setToolTip(row ? QString() : none);
    m_signOut->setEnabled(row && !signedOut);
    m_signOut->setToolTip(!row ? none : signedOut ? tr("It is signed out.") : QString());
    m_edit->setEnabled(row != nullptr);
    m_edit->setToolTip(row ? QString() : none);
    m_remove->setEnabled(row != nullptr);
    m_remove->setToolTip(row ? tr("Forget this connection and its password") : none);
    const int count = m_model.rowCount();
    m_stack->setCurrentIndex(count > 0 ? 0 : 1);
    m_header->setCaption(count > 0 ? tr("%n saved", nullptr, count) + u" · "_s + m_place : m_place);
}

}  // namespace maxiofs::pages
