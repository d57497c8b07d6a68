// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/bulk_result_dialog.h"

#include "theme/typography.h"
#include "widgets/data_table.h"
#include "widgets/row_delegate.h"
#include "widgets/status_delegate.h"

#include <algorithm>

namespace maxiofs::wizards {

using namespace Qt::StringLiterals;
using models::BulkResultsModel;

namespace {

constexpr int kMostRowsShown = 12;

QString sentenceFor(const protocol::ReplicationBulkResult &result)
{
    const auto made = static_cast<int>(result.created.size());
    const auto skipped = static_cast<int>(result.skipped.size());
    const QString rules = BulkResultDialog::tr("%n rules were created", nullptr, made);
    return skipped == 0 ? rules + u'.'
                        : BulkResultDialog::tr("%1, %n buckets were skipped.", nullptr, skipped).arg(rules);
}

}  // namespace

BulkResultDialog::BulkResultDialog(const protocol::ReplicationBulkResult &result, const QStringList &owned,
                                   QWidget *parent)
    : FormDialog(u"bulkResultDialog"_s, tr("Bulk replicate"), sentenceFor(result), tr("Done"),
                 widgets::PushButton::Kind::Primary, parent)
{
    m_rows.setResult(result, owned);
    auto *table = new widgets::DataTable(u"bulkResults"_s, tr("Result for each bucket"));
    auto *name = new widgets::RowDelegate(table);
    name->setStrong(true);
    table->setItemDelegateForColumn(BulkResultsModel::Bucket, name);
    table->setItemDelegateForColumn(BulkResultsModel::Result, new widgets::StatusDelegate(table));
    table->setSource(&m_rows);
    table->setColumns({170, 90, 200}, BulkResultsModel::Reason, 120, {});
    table->sortByColumn(BulkResultsModel::Result, Qt::DescendingOrder);
    table->setFixedHeight(table->heightForRows(std::clamp(m_rows.rowCount(), 1, kMostRowsShown)));
    addLine(table);
    hideCancel();
    setMissing({});
    connect(this, &FormDialog::submitted, this, &QDialog::accept);
}

}  // namespace maxiofs::wizards
