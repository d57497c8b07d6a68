// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/problem.h"
#include "widgets/push_button.h"

#include <QDialog>
#include <QElapsedTimer>
#include <QHash>
#include <QTimer>

class QComboBox;
class QGridLayout;
class QLineEdit;
class QVBoxLayout;

namespace maxiofs::widgets {

class TextLabel;

// A dialog with fields whose answer comes from a node: what is wrong with a field stands below that field,
// what concerns all of it above the buttons. While an answer is awaited nothing can be changed, the time is
// shown, and a person may close it; what was sent goes on.
class FormDialog : public QDialog {
    Q_OBJECT
public:
    /// One sentence says what will happen.
    FormDialog(const QString &objectName, const QString &title, const QString &sentence,
               const QString &acceptWord, PushButton::Kind kind, QWidget *parent);

    /// Waits for an answer; the words say for whom ("Asking fra-1").
    void setBusy(const QString &words);
    [[nodiscard]] bool isBusy() const { return !m_busyWords.isEmpty(); }
    /// The answer was no: it is shown where it belongs, and the fields can be changed again.
    void fail(const core::Problem &problem);
    /// The answer was yes.
    void succeed();

Q_SIGNALS:
    /// What was entered is to be sent.
    void submitted();

protected:
    static constexpr int kWidth = 566;

    QLineEdit *addField(const QString &objectName, const QString &label, const QString &example = {});
    /// One of a list; `hint` stands there until one is chosen.
    QComboBox *addChoice(const QString &objectName, const QString &label, const QString &hint = {});
    /// A row of the grid for anything else; without a label it begins below the fields.
    void addRow(const QString &label, QWidget *widget);
    /// A line in the width of the dialog.
    void addLine(QWidget *widget);
    /// A quieter sentence below the last row.
    TextLabel *addHint(const QString &text);
    [[nodiscard]] QVBoxLayout *column() const { return m_column; }
    void setRowVisible(QWidget *field, bool visible);

    void setFieldProblem(QWidget *field, const QString &text);
    void setProblem(const QString &text);
    void clearProblems();
    /// `missing`: what is still to be entered; empty: the button can be pressed.
    void setMissing(const QString &missing);
    void setAcceptWord(const QString &word);
    /// The word on the button that changes nothing.
    void setCancelWord(const QString &word);
    /// There is nothing to decide: one button is enough.
    void hideCancel();
    /// Fits the height to what is visible.
    void fit();
    /// A person changed something that is no field made by addField().
    void edited();

    /// Puts an answer at its field; false: it concerns none of them.
    [[nodiscard]] virtual bool placeProblem(const core::Problem &) { return false; }
    /// Something was changed: problems are gone, and what is missing is to be told.
    virtual void check() = 0;
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    struct Row {
        TextLabel *label = nullptr;
        TextLabel *problem = nullptr;
    };

    void showBusy();

    QVBoxLayout *m_column;
    QGridLayout *m_grid;
    QWidget *m_body;
    QHash<QWidget *, Row> m_rows;
    TextLabel *m_problem;
    TextLabel *m_busy;
    PushButton *m_cancel;
    PushButton *m_accept;
    QString m_busyWords;
    QString m_cancelWord;
    QString m_missing;
    QElapsedTimer m_since;
    QTimer m_tick;
    int m_nextRow = 0;
};

}  // namespace maxiofs::widgets
