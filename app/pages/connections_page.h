// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/connections_model.h"
#include "pages/connection_form.h"

#include <QWidget>

namespace maxiofs::widgets {
class DataTable;
class EmptyState;
class PageHeader;
class PushButton;
}  // namespace maxiofs::widgets

class QStackedWidget;

namespace maxiofs::pages {

// Connects to a cluster, and lists the connections that are saved.
class ConnectionsPage : public QWidget {
    Q_OBJECT
public:
    explicit ConnectionsPage(models::ConnectionsModel &model, QWidget *parent = nullptr);

    [[nodiscard]] ConnectionForm *form() const { return m_form; }
    [[nodiscard]] widgets::DataTable *table() const { return m_table; }
    void setKeepingPlace(const QString &name, bool lasting);

Q_SIGNALS:
    void openRequested(const QString &id);
    void signOutRequested(const QString &id);
    void editRequested(const QString &id);
    void removeRequested(const QString &id);

private:
    void showSelection();
    [[nodiscard]] QString selectedId() const;

    models::ConnectionsModel &m_model;
    widgets::PageHeader *m_header;
    ConnectionForm *m_form;
    widgets::DataTable *m_table;
    widgets::EmptyState *m_empty;
    QStackedWidget *m_stack;
    widgets::PushButton *m_open;
    widgets::PushButton *m_signOut;
    widgets::PushButton *m_edit;
    widgets::PushButton *m_remove;
    QString m_place;
};

}  // namespace maxiofs::pages
