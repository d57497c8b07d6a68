// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/form_dialog.h"

#include "theme/typography.h"
#include "widgets/dialog_frame.h"
#include "widgets/text_label.h"

#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QStyle>
#include <QVBoxLayout>

namespace maxiofs::widgets {

using namespace Qt::StringLiterals;
using theme::Typography;

namespace {

constexpr int kLabelWidth = 96;
constexpr int kTellWaitingAfterMs = 3'000;

}  // namespace

FormDialog::FormDialog(const QString &objectName, const QString &title, const QString &sentence,
                       const QString &acceptWord, PushButton::Kind kind, QWidget *parent)
    : QDialog(parent),
      m_grid(new QGridLayout),
      m_problem(new TextLabel(Typography::Role::Cell, TextLabel::Tone::Bad)),
      m_busy(new TextLabel(Typography::Role::Cell, TextLabel::Tone::Muted)),
      m_cancel(new PushButton(tr("Cancel"))),
      m_accept(new PushButton(acceptWord, kind)),
      m_cancelWord(m_cancel->text())
{
    setObjectName(objectName);
    setWindowTitle(title);
    const DialogFrame frame(this);
    m_body = frame.body;
    m_column = frame.column;
    m_column->addWidget(new TextLabel(title, Typography::Role::Title));
    if (!sentence.isEmpty()) {
        auto *words = new TextLabel(sentence, Typography::Role::Cell, TextLabel::Tone::Muted);
        words->setWordWrap(true);
        words->setObjectName(u"formSentence"_s);
        m_column->addWidget(words);
        setAccessibleDescription(sentence);
    }
    m_grid->setHorizontalSpacing(12);
    m_grid->setVerticalSpacing(0);
    m_grid->setColumnMinimumWidth(0, Typography::scaled(kLabelWidth));
    m_grid->setColumnStretch(1, 1);
    m_column->addLayout(m_grid);
    m_problem->setObjectName(u"formProblem"_s);
    m_problem->setWordWrap(true);
    m_problem->hide();
    m_column->addWidget(m_problem);
    m_column->addStretch();

    m_busy->setObjectName(u"formBusy"_s);
    m_busy->setElided(true);
    frame.footer->addWidget(m_busy, 1);
    m_cancel->setObjectName(u"formCancel"_s);
    frame.footer->addWidget(m_cancel);
    m_accept->setObjectName(u"formAccept"_s);
    m_accept->setDefault(kind != PushButton::Kind::Danger);
    frame.footer->addWidget(m_accept);
    setFixedWidth(Typography::scaled(kWidth));

    connect(m_cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_accept, &QPushButton::clicked, this, [this] {
        if (!isBusy() && m_missing.isEmpty())
            Q_EMIT submitted();
    });
    m_tick.setInterval(1000);
    connect(&m_tick, &QTimer::timeout, this, &FormDialog::showBusy);
}

QLineEdit *FormDialog::addField(const QString &objectName, const QString &label, const QString &example)
{
    auto *field = new QLineEdit;
    field->setObjectName(objectName);
    field->setPlaceholderText(example);
    addRow(label, field);
    connect(field, &QLineEdit::textChanged, this, &FormDialog::edited);
    return field;
}

QComboBox *FormDialog::addChoice(const QString &objectName, const QString &label, const QString &hint)
{
    auto *choice = new QComboBox;
    choice->setObjectName(objectName);
    choice->setPlaceholderText(hint);
    choice->setFont(Typography::font(Typography::Role::Field));
    choice->setFixedHeight(Typography::scaled(28));
    choice->setMaxVisibleItems(14);
    choice->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    addRow(label, choice);
    connect(choice, &QComboBox::currentIndexChanged, this, &FormDialog::edited);
    return choice;
}

void FormDialog::addRow(const QString &label, QWidget *widget)
{
    constexpr int kGap = 8;
    Row row;
    row.label = new TextLabel(label, Typography::Role::Cell, TextLabel::Tone::Muted);
    row.label->setBuddy(widget);
    row.label->setMinimumHeight(Typography::scaled(28));
    if (widget->accessibleName().isEmpty())
        widget->setAccessibleName(label);
    row.problem = new TextLabel(Typography::Role::Caption, TextLabel::Tone::Bad);
    row.problem->setObjectName(widget->objectName() + u"Problem"_s);
    row.problem->setWordWrap(true);
    row.problem->setContentsMargins(0, 3, 0, 0);
    row.problem->hide();
    if (m_nextRow > 0)
        m_grid->setRowMinimumHeight(m_nextRow++, kGap);
    m_grid->addWidget(row.label, m_nextRow, 0, Qt::AlignTop);
    m_grid->addWidget(widget, m_nextRow++, 1);
    m_grid->addWidget(row.problem, m_nextRow++, 1);
    m_rows.insert(widget, row);
}

void FormDialog::addLine(QWidget *widget)
{
    m_column->insertWidget(m_column->indexOf(m_problem), widget);
}

TextLabel *FormDialog::addHint(const QString &text)
{
    auto *hint = new TextLabel(text, Typography::Role::Caption, TextLabel::Tone::Muted);
    hint->setWordWrap(true);
    hint->setContentsMargins(0, 3, 0, 0);
    m_grid->addWidget(hint, m_nextRow++, 1);
    return hint;
}

void FormDialog::setRowVisible(QWidget *field, bool visible)
{
    const Row row = m_rows.value(field);
    field->setVisible(visible);
    row.label->setVisible(visible);
    row.problem->setVisible(visible && !row.problem->fullText().isEmpty());
    int index = m_grid->indexOf(row.label);
    int line = 0;
    int unused = 0;
    m_grid->getItemPosition(index, &line, &unused, &unused, &unused);
    constexpr int kGap = 8;
    if (line > 0)
        m_grid->setRowMinimumHeight(line - 1, visible ? kGap : 0);
    fit();
}

void FormDialog::setFieldProblem(QWidget *field, const QString &text)
{
    const Row row = m_rows.value(field);
    if (!row.problem || row.problem->fullText() == text)
        return;
    row.problem->setFullText(text);
    row.problem->setVisible(!text.isEmpty());
    field->setAccessibleDescription(text);
    field->setProperty("problem", !text.isEmpty());
    field->style()->unpolish(field);
    field->style()->polish(field);
    fit();
}

void FormDialog::setProblem(const QString &text)
{
    if (m_problem->fullText() == text)
        return;
    m_problem->setFullText(text);
    m_problem->setVisible(!text.isEmpty());
    fit();
}

void FormDialog::clearProblems()
{
    for (auto row = m_rows.cbegin(); row != m_rows.cend(); ++row)
        setFieldProblem(row.key(), {});
    setProblem({});
}

void FormDialog::setMissing(const QString &missing)
{
    m_missing = missing;
    m_accept->setEnabled(!isBusy() && missing.isEmpty());
    m_accept->setToolTip(missing);
}

void FormDialog::setAcceptWord(const QString &word)
{
    m_accept->setText(word);
}

void FormDialog::setCancelWord(const QString &word)
{
    m_cancelWord = word;
    m_cancel->setText(word);
}

void FormDialog::hideCancel()
{
    m_cancel->hide();
}

void FormDialog::edited()
{
    // While it is made not all fields are there; it is checked when it shows.
    if (!isVisible())
        return;
    clearProblems();
    check();
}

void FormDialog::setBusy(const QString &words)
{
    m_busyWords = words;
    clearProblems();
    m_body->setEnabled(words.isEmpty());
    m_cancel->setText(words.isEmpty() ? m_cancelWord : tr("Close"));
    m_cancel->setToolTip(words.isEmpty() ? QString() : tr("What was asked for goes on."));
    m_since.start();
    if (words.isEmpty())
        m_tick.stop();
    else
        m_tick.start();
    setMissing(m_missing);
    showBusy();
}

void FormDialog::showBusy()
{
    const qint64 passed = m_since.elapsed();
    m_busy->setFullText(m_busyWords.isEmpty()          ? QString()
                        : passed < kTellWaitingAfterMs ? m_busyWords
                                                       : tr("%1, %2 s").arg(m_busyWords).arg(passed / 1000));
}

void FormDialog::fail(const core::Problem &problem)
{
    setBusy({});
    if (!placeProblem(problem))
        setProblem(problem.summary);
    fit();
}

void FormDialog::succeed()
{
    setBusy({});
    accept();
}

void FormDialog::fit()
{
    if (!isVisible())
        return;
    layout()->activate();
    const int height = layout()->hasHeightForWidth() ? layout()->totalHeightForWidth(width())
                                                     : layout()->totalSizeHint().height();
    setFixedHeight(height);
}

void FormDialog::resizeEvent(QResizeEvent *event)
{
    QDialog::resizeEvent(event);
    fit();
}

void FormDialog::showEvent(QShowEvent *event)
{
    QDialog::showEvent(event);
    check();
    fit();
}

}  // namespace maxiofs::widgets
