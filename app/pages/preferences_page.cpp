// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/preferences_page.h"

#include "core/format.h"
#include "theme/typography.h"
#include "widgets/page_header.h"
#include "widgets/panel.h"
#include "widgets/push_button.h"
#include "widgets/segmented_control.h"
#include "widgets/text_label.h"

#include <QGridLayout>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

namespace maxiofs::pages {

using namespace Qt::StringLiterals;
using theme::Typography;
using widgets::TextLabel;

namespace {

constexpr std::array kTextSizes{90, 100, 115, 130};

QStringList themeNames()
{
    return {u"system"_s, u"light"_s, u"dark"_s};
}

QStringList sizeWords()
{
    QStringList words;
    for (const int percent : kTextSizes)
        words << core::Format::percent(percent / 100.0);
    return words;
}

QGridLayout *addRows(widgets::Panel *panel)
{
    auto *grid = new QGridLayout;
    grid->setContentsMargins(12, 2, 12, 14);
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(10);
    grid->setColumnMinimumWidth(0, Typography::scaled(120));
    grid->setColumnStretch(2, 1);
    panel->body()->addLayout(grid);
    panel->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    return grid;
}

}  // namespace

PreferencesPage::PreferencesPage(core::Settings &settings, secrets::Keeper &keeper, QWidget *parent)
    : QWidget(parent),
      m_settings(settings),
      m_keeper(keeper),
      m_theme(new widgets::SegmentedControl({tr("System"), tr("Light"), tr("Dark")}, tr("Theme"))),
      m_textSize(new widgets::SegmentedControl(sizeWords(), tr("Text size"))),
      m_textHint(new TextLabel(Typography::Role::Cell, TextLabel::Tone::Muted)),
      m_place(new TextLabel(Typography::Role::Cell)),
      m_vault(new widgets::PushButton(tr("Keep passwords in an encrypted file…")))
{
    setObjectName(u"preferencesPage"_s);
    auto *look = new widgets::Panel(tr("Look"));
    QGridLayout *rows = addRows(look);
    m_theme->setObjectName(u"themeChoice"_s);
    m_textSize->setObjectName(u"textSizeChoice"_s);
    rows->addWidget(new TextLabel(tr("Theme"), Typography::Role::Cell, TextLabel::Tone::Muted), 0, 0);
    rows->addWidget(m_theme, 0, 1);
    rows->addWidget(new TextLabel(tr("Text size"), Typography::Role::Cell, TextLabel::Tone::Muted), 1, 0);
    rows->addWidget(m_textSize, 1, 1);
    m_textHint->setFullText(tr("Counts from the next start."));
    rows->addWidget(m_textHint, 1, 2);

    auto *secrets = new widgets::Panel(tr("Secrets"));
    QGridLayout *keeping = addRows(secrets);
    m_vault->setObjectName(u"openVault"_s);
    m_vault->setThemeIcon(u"key-round"_s);
    keeping->addWidget(new TextLabel(tr("Kept in"), Typography::Role::Cell, TextLabel::Tone::Muted), 0, 0);
    keeping->addWidget(m_place, 0, 1);
    keeping->addWidget(m_vault, 1, 1);

    auto *body = new QVBoxLayout;
    body->setContentsMargins(12, 12, 12, 12);
    body->setSpacing(8);
    body->addWidget(look);
    body->addWidget(secrets);
    body->addStretch();
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(new widgets::PageHeader(tr("Preferences")));
    all->addLayout(body, 1);

    connect(m_theme, &widgets::SegmentedControl::chosen, this,
            [this](int index) { Q_EMIT themeChosen(themeNames()[index]); });
    connect(m_textSize, &widgets::SegmentedControl::chosen, this,
            [this](int index) { m_settings.setTextSize(kTextSizes[static_cast<std::size_t>(index)]); });
    connect(m_vault, &QPushButton::clicked, this, &PreferencesPage::vaultRequested);
    const auto size = std::ranges::find(kTextSizes, settings.textSize());
    m_textSize->setCurrent(static_cast<int>(size - kTextSizes.begin()));
    showTheme();
    showKeeper();
}

void PreferencesPage::showTheme()
{
    m_theme->setCurrent(static_cast<int>(themeNames().indexOf(m_settings.themeName())));
}

void PreferencesPage::showKeeper()
{
    m_place->setFullText(m_keeper.store().name());
    m_vault->setVisible(m_keeper.offersVault());
    m_vault->setText(m_keeper.vaultExists() ? tr("Open the encrypted file…")
                                            : tr("Keep passwords in an encrypted file…"));
}

}  // namespace maxiofs::pages
