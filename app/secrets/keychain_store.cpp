// SPDX-License-Identifier: GPL-3.0-or-later
#include "secrets/keychain_store.h"

#include <qt6keychain/keychain.h>

namespace maxiofs::secrets {

using namespace Qt::StringLiterals;

namespace {

QString service()
{
    return u"maxiofs-desktop"_s;
}

}  // namespace

void KeychainStore::probe(QObject *context, std::function<void(bool)> done)
{
    auto *job = new QKeychain::ReadPasswordJob(service());
    job->setKey(u"probe"_s);
    connect(job, &QKeychain::Job::finished, context, [done = std::move(done)](QKeychain::Job *finished) {
        done(finished->error() == QKeychain::NoError || finished->error() == QKeychain::EntryNotFound);
    });
    job->start();
}

QString KeychainStore::name() const
{
#if defined(Q_OS_WIN)
    return tr("the Windows credential store");
#else
    const QString desktop = qEnvironmentVariable("XDG_CURRENT_DESKTOP");
    if (desktop.contains(u"GNOME"_s))
        return tr("GNOME Keyring");
    if (desktop.contains(u"KDE"_s))
        return tr("KWallet");
    return tr("the key store");
#endif
}

core::Problem KeychainStore::problemOf(const QKeychain::Job &job) const
{
    core::Problem problem;
    problem.kind = core::Problem::Kind::Local;
    problem.detail = job.errorString();
    switch (job.error()) {
    case QKeychain::AccessDenied:
    case QKeychain::AccessDeniedByUser: problem.summary = tr("Access to %1 was denied.").arg(name()); break;
    case QKeychain::NoBackendAvailable: problem.summary = tr("There is no key store any more."); break;
    default: problem.summary = tr("%1 failed: %2.").arg(name(), job.errorString()); break;
    }
    return problem;
}

void KeychainStore::read(const QString &key, Read done)
{
    auto *job = new QKeychain::ReadPasswordJob(service());
    job->setKey(key);
    connect(job, &QKeychain::Job::finished, this, [this, job, done = std::move(done)] {
        if (job->error() == QKeychain::NoError)
            done(std::optional(job->textData()));
        else if (job->error() == QKeychain::EntryNotFound)
            done(std::optional<QString>());
        else
            done(std::unexpected(problemOf(*job)));
    });
    job->start();
}

void KeychainStore::write(const QString &key, const QString &secret, Done done)
{
    auto *job = new QKeychain::WritePasswordJob(service());
    job->setKey(key);
    job->setTextData(secret);
    connect(job, &QKeychain::Job::finished, this, [this, job, done = std::move(done)] {
        if (job->error() == QKeychain::NoError)
            done({});
        else
            done(std::unexpected(problemOf(*job)));
    });
    job->start();
}

void KeychainStore::remove(const QString &key, Done done)
{
    auto *job = new QKeychain::DeletePasswordJob(service());
    job->setKey(key);
    connect(job, &QKeychain::Job::finished, this, [this, job, done = std::move(done)] {
        if (job->error() == QKeychain::NoError || job->error() == QKeychain::EntryNotFound)
            done({});
        else
            done(std::unexpected(problemOf(*job)));
    });
    job->start();
}

}  // namespace maxiofs::secrets
