// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/live_cluster.h"
#include "widgets/form_dialog.h"

#include <QObject>
#include <QPointer>

#include <functional>

namespace maxiofs::pages {

// What is asked of a cluster by dialogs: one dialog at a time, the request sent while the dialog waits, a no
// shown at its field, everything fetched anew after a yes. An answer that comes after its dialog was closed
// is still taken.
class DialogActions : public QObject {
    Q_OBJECT
public:
    explicit DialogActions(models::LiveCluster &cluster, QObject *parent = nullptr);

    /// The dialog that is open; null: none.
    [[nodiscard]] QDialog *dialog() const { return m_dialog; }
    [[nodiscard]] bool isCluster() const { return m_cluster.isCluster(); }

protected:
    [[nodiscard]] models::LiveCluster &cluster() const { return m_cluster; }
    [[nodiscard]] api::ConsoleClient &client() const { return m_cluster.connection().client(); }
    /// Opens it unless another one is open, which is raised instead; then it is deleted.
    bool show(QDialog *dialog);
    /// What follows may open another dialog.
    void release() { m_dialog = nullptr; }
    /// Something was changed: fetches it.
    virtual void changed() { m_cluster.refresh(); }
    /// Shows a problem whose dialog is gone.
    void told(const core::Problem &problem);
    /// Who is asked, in words for "Asking ...".
    [[nodiscard]] QString host() const { return m_cluster.connection().profile().address.host(); }
    /// Why nobody who is no administrator can do it now, or nobody at all; empty: it can be done.
    [[nodiscard]] QString refusalFor(const QString &nobodyElse) const;

    /// Waits for what a dialog is to show; `taken` gets it while the dialog is open, which shows a no itself.
    template <typename T>
    void ask(widgets::FormDialog *dialog, api::RequestFor<T> *job, std::function<void(const T &)> taken)
    {
        dialog->setBusy(tr("Asking %1", "a node").arg(host()));
        connect(job, &api::Request::finished, dialog, [dialog, job, taken = std::move(taken)] {
            const auto answer = job->result();
            if (!answer) {
                dialog->fail(answer.error());
                return;
            }
            dialog->setBusy({});
            taken(*answer);
        });
    }

    /// Waits for the job; `taken` gets a yes. `renews`: the call ends the sessions and brings a new one.
    template <typename T>
    void run(widgets::FormDialog *dialog, const QString &whom, bool renews, api::RequestFor<T> *job,
             std::function<void(T &)> taken)
    {
        if (renews)
            m_cluster.connection().hold();
        dialog->setBusy(tr("Asking %1", "a node").arg(whom));
        connect(job, &api::Request::finished, this,
                [this, job, renews, open = QPointer(dialog), taken = std::move(taken)] {
                    auto answer = job->result();
                    if (renews)
                        m_cluster.connection().resume(answer ? sessionIn(*answer) : std::nullopt);
                    if (!answer) {
                        if (open)
                            open->fail(answer.error());
                        else
                            told(answer.error());
                        return;
                    }
                    if (open) {
                        release();
                        open->succeed();
                    }
                    taken(*answer);
                    changed();
                });
    }

private:
    // Only some answers bring a session.
    template <typename T>
    static std::optional<protocol::Session> sessionIn(const T &answer)
    {
        if constexpr (requires { answer.session; })
            return answer.session;
        else
            return std::nullopt;
    }

    models::LiveCluster &m_cluster;
    QPointer<QDialog> m_dialog;
};

}  // namespace maxiofs::pages
