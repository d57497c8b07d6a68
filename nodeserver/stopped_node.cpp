// SPDX-License-Identifier: GPL-3.0-or-later
#include "stopped_node.h"

#include "identity/admin_commands.h"
#include "identity/directory.h"
#include "records/secret_sealer.h"
#include "store/node_store.h"

#include <cstdio>
#include <cstdlib>

namespace maxiofs {

namespace {

constexpr std::uint64_t kLargestBundle = 16 << 20;
constexpr const char *kPassphraseVariable = "MAXIOFS_KEYS_PASSPHRASE";

store::DataDirectory::Options directoryOptions(const Configuration &configuration)
{
    return {configuration.dataDir, configuration.keysDir, configuration.masterKeyFile, true};
}

Result<std::unique_ptr<store::DataDirectory>> openExisting(const Configuration &configuration)
{
    os::FileSystem &files = os::posixFileSystem();
    TRY_ASSIGN(const bool exists, files.exists(configuration.dataDir + "/auth.db"));
    if (!exists)
        return failure(Error::NotFound, "there is no node's data in " + configuration.dataDir,
                       configuration.dataDir);
    return store::DataDirectory::open(files, directoryOptions(configuration));
}

Result<std::string> passphrase(const Environment &environment)
{
    const auto value = environment(kPassphraseVariable);
    if (!value || value->empty())
        return failure(Error::InvalidArgument,
                       std::string("set ") + kPassphraseVariable + " to the passphrase of the bundle");
    return *value;
}

Status runAdmin(const Invocation &invocation)
{
    const Configuration &configuration = invocation.configuration;
    TRY_ASSIGN(const auto directory, openExisting(configuration));
    const records::RecordKeySealer sealer(directory->keyring().recordKey());
    TRY_ASSIGN(const auto records,
               records::Records::open(directory->recordsPath(), sealer, SystemClock::instance()));
    if (invocation.command == Invocation::Command::DumpRecords) {
        TRY_ASSIGN(const QByteArray dump, identity::dumpRecords(*records));
        std::printf("%s\n", dump.constData());
        return {};
    }
    TRY_ASSIGN(const auto identities, identity::Directory::load(*records));
    TRY_ASSIGN(const std::string password,
               identity::resetPassword(directory->fileSystem(), *identities, configuration.dataDir,
                                       invocation.argument));
    std::printf("The password of \"%s\" is %s\n", invocation.argument.c_str(), password.c_str());
    return {};
}

Status exportKeys(const Invocation &invocation, const Environment &environment)
{
    TRY_ASSIGN(const std::string secret, passphrase(environment));
    TRY_ASSIGN(const auto directory, openExisting(invocation.configuration));
    TRY_ASSIGN(const Bytes bundle, directory->keyring().exportBundle(secret));
    TRY_STATUS(os::replaceFile(directory->fileSystem(), invocation.argument, bundle));
    std::printf("The keys are in %s, under the passphrase given.\n", invocation.argument.c_str());
    return {};
}

Status importKeys(const Invocation &invocation, const Environment &environment)
{
    const Configuration &configuration = invocation.configuration;
    os::FileSystem &files = os::posixFileSystem();
    TRY_ASSIGN(const std::string secret, passphrase(environment));
    TRY_ASSIGN(const Bytes bundle, os::readWholeFile(files, invocation.argument, kLargestBundle));
    frame::Keyring::Options options;
    options.directory =
        configuration.keysDir.empty() ? configuration.dataDir + "/keys" : configuration.keysDir;
    options.masterKeyFile = configuration.masterKeyFile;
    TRY_STATUS(files.createDirectories(configuration.dataDir));
    TRY_ASSIGN(const auto lock, files.lock(configuration.dataDir + "/node.lock"));
    TRY_STATUS(files.createDirectories(options.directory));
    return frame::Keyring::importBundle(files, options, bundle, secret);
}

Status rebuildIndex(const Configuration &configuration)
{
    TRY_ASSIGN(const auto directory, openExisting(configuration));
    const records::RecordKeySealer sealer(directory->keyring().recordKey());
    NodeId node;
    {
        TRY_ASSIGN(const auto records,
                   records::Records::open(directory->recordsPath(), sealer, SystemClock::instance()));
        node = records->nodeId();
    }
    TRY_STATUS(store::NodeStore::dropIndex(*directory));
    store::ObjectStore::Options options;
    options.node = node;
    options.indexMemoryBytes = configuration.indexMemoryBytes;
    options.backgroundWork = false;
    options.acceptLoss = true;
    TRY_ASSIGN(const auto store, store::NodeStore::open(*directory, options));
    const auto damage = store->health().damage;
    store->stop();
    std::printf("The index was built anew from the log.\n");
    for (const std::string &text : damage)
        std::printf("Damaged: %s\n", text.c_str());
    if (!damage.empty())
        std::printf("What was stored there alone is given up and counts as never written.\n");
    return {};
}

Status run(const Invocation &invocation, const Environment &environment)
{
    using Command = Invocation::Command;
    switch (invocation.command) {
    case Command::ResetPassword:
    case Command::DumpRecords: return runAdmin(invocation);
    case Command::RotateKeys: {
        TRY_ASSIGN(const auto directory, openExisting(invocation.configuration));
        TRY_STATUS(directory->keyring().rotate());
        std::printf("The keys were rotated: what is written from now on uses a new one.\n");
        return {};
    }
    case Command::ExportKeys: return exportKeys(invocation, environment);
    case Command::ImportKeys: return importKeys(invocation, environment);
    case Command::RebuildIndex: return rebuildIndex(invocation.configuration);
    case Command::Serve:
    case Command::Version:
    case Command::Help: break;
    }
    return failure(Error::Internal, "this is no command for a stopped node");
}

}  // namespace

int runOnStoppedNode(const Invocation &invocation, const Environment &environment)
{
    base::setLogLevel(invocation.configuration.logLevel);
    if (auto done = run(invocation, environment); !done) {
        std::fprintf(stderr, "maxiofs: %s\n", done.error().message.c_str());
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

}  // namespace maxiofs
