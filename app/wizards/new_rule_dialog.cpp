// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/new_rule_dialog.h"

#include "widgets/text_label.h"

#include <QComboBox>
#include <QCompleter>
#include <QLineEdit>
#include <QRegularExpression>

namespace maxiofs::wizards {

using namespace Qt::StringLiterals;

namespace {

// S3: 3 to 63 of these, beginning and ending with a letter or digit.
bool canNameABucket(const QString &name)
{
    static const QRegularExpression kName(u"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"_s);
    return kName.match(name).hasMatch();
}

}  // namespace

NewRuleDialog::NewRuleDialog(const QList<BucketChoice> &buckets, const QList<NodeChoice> &nodes,
                             const QString &bucket, QWidget *parent)
    : RuleOptions(u"newRuleDialog"_s, tr("New replication rule"),
                  tr("Another node gets what this bucket has and what is written to it from now on."),
                  tr("Create rule"), widgets::PushButton::Kind::Primary, parent),
      m_nodes(nodes)
{
    m_bucket = addChoice(u"ruleBucket"_s, tr("Bucket"), {});
    m_bucket->setEditable(true);
    m_bucket->setInsertPolicy(QComboBox::NoInsert);
    for (const BucketChoice &choice : buckets) {
        m_owners.insert(choice.name, choice.owner);
        m_bucket->addItem(choice.name);
    }
    m_bucket->completer()->setFilterMode(Qt::MatchContains);
    m_bucket->completer()->setCompletionMode(QCompleter::PopupCompletion);
    m_bucket->setCurrentIndex(bucket.isEmpty() ? -1 : m_bucket->findText(bucket));
    m_bucket->lineEdit()->setProperty("bare", true);
    m_bucket->lineEdit()->setObjectName(u"ruleBucketField"_s);
    m_bucket->lineEdit()->setAccessibleName(tr("Bucket"));
    m_bucket->lineEdit()->setPlaceholderText(tr("Choose one, or type a part of its name"));
    m_destination = addChoice(u"ruleDestination"_s, tr("To node"), tr("Choose the node"));
    m_name = addField(u"ruleName"_s, tr("Bucket there"), tr("the same name"));
    m_kind = addHint({});
    m_kind->setObjectName(u"ruleKind"_s);
    addOptions({});
    connect(m_bucket, &QComboBox::editTextChanged, this, [this] {
        showBucket();
        edited();
    });
    showBucket();
    if (bucket.isEmpty())
        m_bucket->setFocus();
    else
        m_destination->setFocus();
}

QString NewRuleDialog::bucket() const
{
    return m_bucket->currentText().trimmed();
}

QString NewRuleDialog::ownerOf(const QString &bucket) const
{
    return m_owners.value(bucket);
}

QString NewRuleDialog::nameOf(const QString &node) const
{
    for (const NodeChoice &choice : m_nodes) {
        if (choice.id == node)
            return choice.name;
    }
    return node;
}

void NewRuleDialog::showBucket()
{
    fill(m_destination, m_nodes, ownerOf(bucket()));
}

protocol::ReplicationRuleRequest NewRuleDialog::request() const
{
    protocol::ReplicationRuleRequest request;
    request.sourceBucket = bucket().toStdString();
    request.destinationNodeId = m_destination->currentData().toString().toStdString();
    if (const QString name = m_name->text().trimmed(); !name.isEmpty() && name != bucket())
        request.destinationBucket = name.toStdString();
    request.options = options();
    return request;
}

QWidget *NewRuleDialog::fieldFor(const QString &name) const
{
    if (name == u"source_bucket"_s || name == u"NoSuchBucket"_s || name == u"BucketUnavailable"_s)
        return m_bucket;
    if (name == u"destination_node_id"_s || name == u"NoSuchNode"_s || name == u"SameNode"_s ||
        name == u"DuplicateRule"_s)
        return m_destination;
    return name == u"destination_bucket"_s || name == u"BucketElsewhere"_s ? m_name
                                                                           : RuleOptions::fieldFor(name);
}

void NewRuleDialog::check()
{
    const QString other = m_name->text().trimmed();
    const bool copies = !other.isEmpty() && other != bucket();
    const protocol::ReplicationRuleOptions chosen = options();
    const bool full = chosen.prefix.empty() && chosen.replicateDeletes && chosen.replicateMetadata;
    m_kind->setFullText(copies ? tr("A copy: a bucket of its own that clients can write to.")
                        : full ? tr("A full replica: it serves reads and can take over when the owner fails.")
                               : tr("A replica of a part: it cannot take over when the owner fails."));
    const QString wrong = missingHere();
    const bool badName = copies && !canNameABucket(other);
    setFieldProblem(m_name, badName ? tr("A bucket’s name has 3 to 63 of a to z, 0 to 9, dot and hyphen.")
                                    : QString());
    const QString owner = ownerOf(bucket());
    QString missing = wrong;
    if (bucket().isEmpty())
        missing = tr("Choose the bucket.");
    else if (!m_owners.contains(bucket()) && !canNameABucket(bucket()))
        missing = tr("There is no bucket with this name.");
    else if (m_destination->count() == 0)
        missing = tr("There is no other node than %1, which owns the bucket.").arg(nameOf(owner));
    else if (m_destination->currentIndex() < 0)
        missing = tr("Choose the node that gets the bucket.");
    else if (badName)
        missing = tr("Correct the bucket’s name at the destination.");
    setFieldProblem(m_destination, m_destination->count() == 0 ? missing : QString());
    setMissing(missing);
}

}  // namespace maxiofs::wizards
