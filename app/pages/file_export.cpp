// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/file_export.h"

#include <QCoreApplication>
#include <QFileDialog>
#include <QMessageBox>
#include <QSaveFile>

namespace maxiofs::pages {

void saveToFile(QWidget *parent, const QString &title, const QString &suggestedName,
                const QStringList &filters, const std::function<QByteArray(const QString &path)> &content)
{
    auto *dialog = new QFileDialog(parent, title);
    dialog->setObjectName(QStringLiteral("saveDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setFileMode(QFileDialog::AnyFile);
    dialog->setNameFilters(filters);
    dialog->selectFile(suggestedName);
    QObject::connect(
        dialog, &QFileDialog::fileSelected, parent, [parent, title, content](const QString &path) {
            QSaveFile file(path);
            if (file.open(QIODevice::WriteOnly) && file.write(content(path)) >= 0 && file.commit())
                return;
            auto *box =
                new QMessageBox(QMessageBox::Warning, title,
                                QCoreApplication::translate("maxiofs::pages", "%1 cannot be written: %2.")
                                    .arg(path, file.errorString()),
                                QMessageBox::Ok, parent);
            box->setAttribute(Qt::WA_DeleteOnClose);
            box->open();
        });
    dialog->open();
}

}  // namespace maxiofs::pages
