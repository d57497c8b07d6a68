<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>maxiofs::models::BucketsModel</name>
    <message numerus="yes">
        <source>%n copies</source>
        <translation>
            <numerusform>%n copy</numerusform>
            <numerusform>%n copies</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>maxiofs::models::ConnectionsModel</name>
    <message numerus="yes">
        <source>%n nodes</source>
        <translation>
            <numerusform>%n node</numerusform>
            <numerusform>%n nodes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>maxiofs::pages::BucketsPage</name>
    <message numerus="yes">
        <source>%Ln buckets</source>
        <translation>
            <numerusform>%Ln bucket</numerusform>
            <numerusform>%Ln buckets</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 objects, %2</source>
        <translation>
            <numerusform>%1 object, %2</numerusform>
            <numerusform>%1 objects, %2</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>maxiofs::pages::ConnectionsPage</name>
    <message numerus="yes">
        <source>%n saved</source>
        <translation>
            <numerusform>%n saved</numerusform>
            <numerusform>%n saved</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>maxiofs::pages::ConnectionStatus</name>
    <message numerus="yes">
        <source>%1 of %n clusters connected</source>
        <translation>
            <numerusform>%1 of %n cluster connected</numerusform>
            <numerusform>%1 of %n clusters connected</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>maxiofs::pages::OverviewController</name>
    <message numerus="yes">
        <source>%1 of %n nodes healthy</source>
        <translation>
            <numerusform>%1 of %n node healthy</numerusform>
            <numerusform>%1 of %n nodes healthy</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n selected</source>
        <translation>
            <numerusform>%n selected</numerusform>
            <numerusform>%n selected</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n nodes unavailable</source>
        <translation>
            <numerusform>%n node unavailable</numerusform>
            <numerusform>%n nodes unavailable</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n nodes degraded</source>
        <translation>
            <numerusform>%n node degraded</numerusform>
            <numerusform>%n nodes degraded</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n nodes</source>
        <translation>
            <numerusform>%n node</numerusform>
            <numerusform>%n nodes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n sites</source>
        <translation>
            <numerusform>%n site</numerusform>
            <numerusform>%n sites</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n healthy</source>
        <translation>
            <numerusform>%n healthy</numerusform>
            <numerusform>%n healthy</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n degraded</source>
        <translation>
            <numerusform>%n degraded</numerusform>
            <numerusform>%n degraded</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unavailable</source>
        <translation>
            <numerusform>%n unavailable</numerusform>
            <numerusform>%n unavailable</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unknown</source>
        <translation>
            <numerusform>%n unknown</numerusform>
            <numerusform>%n unknown</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n replicated</source>
        <translation>
            <numerusform>%n replicated</numerusform>
            <numerusform>%n replicated</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n local only</source>
        <translation>
            <numerusform>%n local only</numerusform>
            <numerusform>%n local only</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>maxiofs::pages::NodesPage</name>
    <message numerus="yes">
        <source>%n nodes unavailable</source>
        <translation>
            <numerusform>%n node unavailable</numerusform>
            <numerusform>%n nodes unavailable</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n nodes degraded</source>
        <translation>
            <numerusform>%n node degraded</numerusform>
            <numerusform>%n nodes degraded</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n nodes not checked yet</source>
        <translation>
            <numerusform>%n node not checked yet</numerusform>
            <numerusform>%n nodes not checked yet</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n buckets</source>
        <translation>
            <numerusform>%n bucket</numerusform>
            <numerusform>%n buckets</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>maxiofs::pages::NodeActions</name>
    <message numerus="yes">
        <source>%n users and buckets of this node got other names</source>
        <translation>
            <numerusform>%n user or bucket of this node got another name</numerusform>
            <numerusform>%n users and buckets of this node got other names</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>maxiofs::wizards::RemoveNodeDialog</name>
    <message numerus="yes">
        <source>It owns %n buckets: %1. They cannot be read or written until it joins again.</source>
        <translation>
            <numerusform>It owns %n bucket: %1. It cannot be read or written until the node joins again.</numerusform>
            <numerusform>It owns %n buckets: %1. They cannot be read or written until it joins again.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>maxiofs::wizards::JoinProblems</name>
    <message numerus="yes">
        <source>%1 and %n more</source>
        <comment>names</comment>
        <translation>
            <numerusform>%1 and %n more</numerusform>
            <numerusform>%1 and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>maxiofs::pages::FailoverActions</name>
    <message numerus="yes">
        <source>%n versions restored.</source>
        <translation>
            <numerusform>%n version restored.</numerusform>
            <numerusform>%n versions restored.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n versions discarded.</source>
        <translation>
            <numerusform>%n version discarded.</numerusform>
            <numerusform>%n versions discarded.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>maxiofs::wizards::SettleConflictsDialog</name>
    <message numerus="yes">
        <source>Restore %n conflict versions</source>
        <translation>
            <numerusform>Restore %n conflict version</numerusform>
            <numerusform>Restore %n conflict versions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Discard %n conflict versions</source>
        <translation>
            <numerusform>Discard %n conflict version</numerusform>
            <numerusform>Discard %n conflict versions</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>maxiofs::pages::ReplicationActions</name>
    <message numerus="yes">
        <source>%n rules paused.</source>
        <translation>
            <numerusform>%n rule paused.</numerusform>
            <numerusform>%n rules paused.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n rules resumed.</source>
        <translation>
            <numerusform>%n rule resumed.</numerusform>
            <numerusform>%n rules resumed.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n rules send now.</source>
        <translation>
            <numerusform>%n rule sends now.</numerusform>
            <numerusform>%n rules send now.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>maxiofs::pages::ReplicationPage</name>
    <message numerus="yes">
        <source>%n to decide</source>
        <translation>
            <numerusform>%n to decide</numerusform>
            <numerusform>%n to decide</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n rules</source>
        <translation>
            <numerusform>%n rule</numerusform>
            <numerusform>%n rules</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failing</source>
        <translation>
            <numerusform>%n failing</numerusform>
            <numerusform>%n failing</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n behind</source>
        <translation>
            <numerusform>%n behind</numerusform>
            <numerusform>%n behind</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>maxiofs::wizards::BulkResultDialog</name>
    <message numerus="yes">
        <source>%n rules were created</source>
        <translation>
            <numerusform>%n rule was created</numerusform>
            <numerusform>%n rules were created</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, %n buckets were skipped.</source>
        <translation>
            <numerusform>%1, %n bucket was skipped.</numerusform>
            <numerusform>%1, %n buckets were skipped.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>maxiofs::wizards::BulkRulesDialog</name>
    <message numerus="yes">
        <source>It owns %n buckets.</source>
        <translation>
            <numerusform>It owns %n bucket.</numerusform>
            <numerusform>It owns %n buckets.</numerusform>
        </translation>
    </message>
</context>
</TS>
