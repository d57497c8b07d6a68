// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QBoxLayout;
class QLineEdit;
class QListView;

namespace maxiofs::charts {
class LatencyChart;
class LatencyLegend;
}  // namespace maxiofs::charts

namespace maxiofs::widgets {
class AttentionList;
class Card;
class DataTable;
class MessageBar;
class PageHeader;
class Panel;
class PushButton;
class SegmentedControl;
}  // namespace maxiofs::widgets

namespace maxiofs::pages {

class NodeActions;

// A cluster at a glance: what needs attention, figures, nodes, their latency, recent events. It only shows;
// OverviewController feeds it.
class OverviewPage : public QWidget {
    Q_OBJECT
public:
    explicit OverviewPage(NodeActions &actions, QWidget *parent = nullptr);

    [[nodiscard]] widgets::PageHeader *header() const { return m_header; }
    [[nodiscard]] widgets::MessageBar *message() const { return m_message; }
    [[nodiscard]] widgets::PushButton *checkButton() const { return m_check; }
    /// "Add node…", and for a node alone "Initialize cluster…".
    [[nodiscard]] widgets::PushButton *growButton() const { return m_grow; }
    [[nodiscard]] widgets::AttentionList *attention() const { return m_attention; }
    [[nodiscard]] widgets::Card *nodesCard() const { return m_nodesCard; }
    [[nodiscard]] widgets::Card *bucketsCard() const { return m_bucketsCard; }
    [[nodiscard]] widgets::Card *capacityCard() const { return m_capacityCard; }
    [[nodiscard]] widgets::Card *throughputCard() const { return m_throughputCard; }
    [[nodiscard]] widgets::Panel *nodesPanel() const { return m_nodesPanel; }
    [[nodiscard]] widgets::DataTable *nodesTable() const { return m_nodes; }
    [[nodiscard]] widgets::Panel *latencyPanel() const { return m_latencyPanel; }
    [[nodiscard]] widgets::SegmentedControl *ranges() const { return m_ranges; }
    [[nodiscard]] charts::LatencyChart *chart() const { return m_chart; }
    [[nodiscard]] charts::LatencyLegend *legend() const { return m_legend; }
    [[nodiscard]] QListView *events() const { return m_events; }
    /// The table is as high as its rows, within limits.
    void fitTable();

Q_SIGNALS:
    void shown();
    void exportNodesRequested();
    void exportChartRequested();

protected:
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    void buildNodes(NodeActions &actions);
    void buildLatency();

    widgets::PageHeader *m_header;
    widgets::MessageBar *m_message;
    widgets::PushButton *m_check;
    widgets::PushButton *m_grow;
    widgets::AttentionList *m_attention;
    widgets::Card *m_nodesCard;
    widgets::Card *m_bucketsCard;
    widgets::Card *m_capacityCard;
    widgets::Card *m_throughputCard;
    widgets::Panel *m_nodesPanel;
    widgets::DataTable *m_nodes;
    QLineEdit *m_filter;
    widgets::Panel *m_latencyPanel;
    widgets::SegmentedControl *m_ranges;
    charts::LatencyChart *m_chart;
    charts::LatencyLegend *m_legend;
    widgets::Panel *m_eventsPanel;
    QListView *m_events;
    QBoxLayout *m_lowerRow;
};

}  // namespace maxiofs::pages
