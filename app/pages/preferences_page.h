// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/settings.h"
#include "secrets/keeper.h"

#include <QWidget>

namespace maxiofs::widgets {
class PushButton;
class SegmentedControl;
class TextLabel;
}  // namespace maxiofs::widgets

namespace maxiofs::pages {

// How the program looks and where it keeps secrets.
class PreferencesPage : public QWidget {
    Q_OBJECT
public:
    PreferencesPage(core::Settings &settings, secrets::Keeper &keeper, QWidget *parent = nullptr);

    /// The theme was chosen elsewhere.
    void showTheme();
    void showKeeper();

Q_SIGNALS:
    void themeChosen(const QString &name);
    void vaultRequested();

private:
    core::Settings &m_settings;
    secrets::Keeper &m_keeper;
    widgets::SegmentedControl *m_theme;
    widgets::SegmentedControl *m_textSize;
    widgets::TextLabel *m_textHint;
    widgets::TextLabel *m_place;
    widgets::PushButton *m_vault;
};

}  // namespace maxiofs::pages
