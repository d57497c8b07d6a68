// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/bulk_results_model.h"
#include "widgets/form_dialog.h"

namespace maxiofs::wizards {

// What came of "Bulk replicate", a row for each bucket.
class BulkResultDialog : public widgets::FormDialog {
    Q_OBJECT
public:
    /// `owned`: the buckets that the source node had.
    BulkResultDialog(const protocol::ReplicationBulkResult &result, const QStringList &owned,
                     QWidget *parent);

protected:
    void check() override {}

private:
    models::BulkResultsModel m_rows;
};

}  // namespace maxiofs::wizards
