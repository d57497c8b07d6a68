// SPDX-License-Identifier: GPL-3.0-or-later
#include "configuration.h"

#include "text/ascii.h"

#include <QFileInfo>
#include <QSettings>

#include <algorithm>
#include <array>
#include <limits>
#include <map>

namespace maxiofs {

namespace {

using Set = Status (*)(Configuration &, const std::string &value);

struct Setting {
    std::string_view name;
    std::string_view value;  // how help shows it
    std::string_view about;
    Set set;
};

constexpr std::string_view kCommands =
    "commands on a stopped node (after --data-dir):\n"
    "  admin reset-password [USER]  a new random password\n"
    "  admin dump                   all records without secrets\n"
    "  keys rotate                  a new master key and a new data key\n"
    "  keys export FILE             all keys under the passphrase in MAXIOFS_KEYS_PASSPHRASE\n"
    "  keys import FILE             the keys of a bundle, where there are none\n"
    "  rebuild-index                builds the index anew from the log\n";

template <std::string Configuration::*Member>
Status setText(Configuration &configuration, const std::string &value)
{
    configuration.*Member = value;
    return {};
}

template <std::uint64_t Configuration::*Member, std::uint64_t Lowest, std::uint64_t Highest>
Status setNumber(Configuration &configuration, const std::string &value)
{
    const auto number = text::parseUnsigned(value);
    if (!number || *number < Lowest || *number > Highest)
        return failure(Error::InvalidArgument, "\"" + value + "\" is not a whole number from " +
                                                   std::to_string(Lowest) + " to " + std::to_string(Highest));
    configuration.*Member = *number;
    return {};
}

Status setLevel(Configuration &configuration, const std::string &value)
{
    static const std::map<std::string, base::LogLevel> kLevels{{"debug", base::LogLevel::Debug},
                                                               {"info", base::LogLevel::Info},
                                                               {"warning", base::LogLevel::Warning},
                                                               {"error", base::LogLevel::Error}};
    const auto found = kLevels.find(value);
    if (found == kLevels.end())
        return failure(Error::InvalidArgument, "\"" + value + "\" is none of debug, info, warning, error");
    configuration.logLevel = found->second;
    return {};
}

Status addDomains(Configuration &configuration, const std::string &value)
{
    const QStringList domains = QString::fromStdString(value).split(u',', Qt::SkipEmptyParts);
    for (const QString &domain : domains)
        configuration.s3Domains.push_back(domain.trimmed().toLower().toStdString());
    return {};
}

constexpr std::uint64_t kMiB = 1ULL << 20;
constexpr std::uint64_t kAny = std::numeric_limits<std::int64_t>::max();

constexpr std::array kSettings{
    Setting{"data-dir", "DIR", "where everything is stored (required)", setText<&Configuration::dataDir>},
    Setting{"listen", "ADDRESS", "S3 API, default :8080", setText<&Configuration::listen>},
    Setting{"console-listen", "ADDRESS", "console API, default :8081",
            setText<&Configuration::consoleListen>},
    Setting{"log-level", "LEVEL", "debug, info (default), warning or error", setLevel},
    Setting{"advertise", "URL", "how other nodes and clients reach this one",
            setText<&Configuration::advertise>},
    Setting{"node-name", "NAME", "name of the node at its first start", setText<&Configuration::nodeName>},
    Setting{"tls-cert", "FILE", "certificate chain (PEM), default an own one",
            setText<&Configuration::tlsCert>},
    Setting{"tls-key", "FILE", "its private key (PEM)", setText<&Configuration::tlsKey>},
    Setting{"keys-dir", "DIR", "where the keys are kept, default <data-dir>/keys",
            setText<&Configuration::keysDir>},
    Setting{"master-key-file", "FILE", "32 bytes that wrap the keys, default <keys-dir>/master",
            setText<&Configuration::masterKeyFile>},
    Setting{"s3-domain", "DOMAIN", "host of virtual-hosted style requests; may be repeated", addDomains},
    Setting{"trusted-proxies", "LIST", "addresses and networks whose X-Forwarded-For is believed",
            setText<&Configuration::trustedProxies>},
    Setting{"metrics-token", "TOKEN", "what /metrics asks for; better in the file or environment",
            setText<&Configuration::metricsToken>},
    Setting{"cluster-token", "TOKEN",
            "lets a member of that cluster invite this node; better in the file or environment",
            setText<&Configuration::clusterToken>},
    Setting{"drain-seconds", "N", "how long /health says stopping before the node stops, default 5",
            setNumber<&Configuration::drainSeconds, 0, 3600>},
    Setting{"index-memory", "BYTES", "memory of the index, default 100663296",
            setNumber<&Configuration::indexMemoryBytes, 16 * kMiB, kAny>},
    Setting{"reserve", "BYTES", "kept free on the volume, default the smaller of 1 GiB and 5 %",
            setNumber<&Configuration::reserveBytes, 0, kAny>},
    Setting{"max-connections", "N", "default 10000", setNumber<&Configuration::maxConnections, 1, 1'000'000>},
    Setting{"max-connections-per-address", "N", "default 1000",
            setNumber<&Configuration::maxConnectionsPerAddress, 1, 1'000'000>},
};

std::string helpText()
{
    constexpr std::size_t kColumn = 32;
    std::string text = "usage: maxiofs --data-dir DIR [--NAME VALUE ...] [command]\n\n";
    for (const Setting &setting : kSettings) {
        std::string line = "  --" + std::string(setting.name) + " " + std::string(setting.value);
        line.resize(std::max(line.size() + 1, kColumn), ' ');
        text += line + std::string(setting.about) + "\n";
    }
    text += "  --config FILE                 settings in INI form, default <data-dir>/maxiofs.conf\n"
            "  --version, --help\n\n"
            "Each setting may also stand in the file, or in the environment as MAXIOFS_<NAME>.\n"
            "MAXIOFS_ADMIN_PASSWORD, MAXIOFS_ACCESS_KEY and MAXIOFS_SECRET_KEY serve the first start.\n\n";
    return text.append(kCommands);
}

const Setting *settingOf(std::string_view name)
{
    const auto *const found = std::ranges::find(kSettings, name, &Setting::name);
    return found == kSettings.end() ? nullptr : found;
}

std::string environmentName(std::string_view name)
{
    std::string upper = "MAXIOFS_";
    for (const char c : name)
        upper.push_back(c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c));
    return upper;
}

Status apply(Configuration &configuration, const Setting &setting, const std::string &value,
             const std::string &where)
{
    if (auto set = setting.set(configuration, value); !set)
        return failure(Error::InvalidArgument, where + ": " + set.error().message, std::string(setting.name));
    return {};
}

struct Arguments {
    std::vector<std::pair<const Setting *, std::string>> flags;
    std::vector<std::string> words;
    std::optional<std::string> config;
    bool version = false;
    bool help = false;
};

Result<Arguments> split(const QStringList &arguments)
{
    Arguments result;
    for (qsizetype i = 0; i < arguments.size(); ++i) {
        const std::string argument = arguments[i].toStdString();
        if (!argument.starts_with("--")) {
            result.words.push_back(argument);
            continue;
        }
        if (argument == "--version" || argument == "--help") {
            (argument == "--version" ? result.version : result.help) = true;
            continue;
        }
        const std::size_t equals = argument.find('=');
        const std::string name = argument.substr(2, equals == std::string::npos ? equals : equals - 2);
        const Setting *const setting = settingOf(name);
        if (setting == nullptr && name != "config")
            return failure(Error::InvalidArgument, "there is no option --" + name + "; see maxiofs --help",
                           name);
        std::string value;
        if (equals != std::string::npos)
            value = argument.substr(equals + 1);
        else if (i + 1 < arguments.size())
            value = arguments[++i].toStdString();
        else
            return failure(Error::InvalidArgument, "--" + name + " needs a value", name);
        if (setting != nullptr)
            result.flags.emplace_back(setting, std::move(value));
        else
            result.config = std::move(value);
    }
    return result;
}

Status readFile(Configuration &configuration, const std::string &path)
{
    const QString file = QString::fromStdString(path);
    if (!QFileInfo(file).isReadable())
        return failure(Error::NotFound, "the configuration file " + path + " cannot be read", path);
    const QSettings settings(file, QSettings::IniFormat);
    if (settings.status() != QSettings::NoError)
        return failure(Error::InvalidArgument, "the configuration file " + path + " is not valid INI", path);
    const QStringList keys = settings.allKeys();
    for (const QString &key : keys) {
        const std::string name = key.toStdString();
        const Setting *const setting = settingOf(name);
        if (setting == nullptr)
            return failure(Error::InvalidArgument, path + ": there is no setting \"" + name + "\"", name);
        // A value with commas is read as a list.
        const std::string value = settings.value(key).toStringList().join(u',').toStdString();
        TRY_STATUS(apply(configuration, *setting, value, path + ": " + name));
    }
    return {};
}

Status readCommand(Invocation &invocation, const std::vector<std::string> &words)
{
    using Command = Invocation::Command;
    struct Known {
        std::string_view first;
        std::string_view second;
        Command command;
        bool needsArgument;
    };
    static constexpr std::array kKnown{Known{"admin", "dump", Command::DumpRecords, false},
                                       Known{"keys", "rotate", Command::RotateKeys, false},
                                       Known{"keys", "export", Command::ExportKeys, true},
                                       Known{"keys", "import", Command::ImportKeys, true},
                                       Known{"rebuild-index", "", Command::RebuildIndex, false}};
    if (words.empty())
        return {};
    if (words[0] == "admin" && words.size() >= 2 && words.size() <= 3 && words[1] == "reset-password") {
        invocation.command = Command::ResetPassword;
        invocation.argument = words.size() == 3 ? words[2] : "admin";
        return {};
    }
    for (const Known &known : kKnown) {
        const std::size_t length = (known.second.empty() ? 1U : 2U) + (known.needsArgument ? 1U : 0U);
        if (words.size() != length || words[0] != known.first ||
            (!known.second.empty() && words[1] != known.second))
            continue;
        invocation.command = known.command;
        if (known.needsArgument)
            invocation.argument = words.back();
        return {};
    }
    std::string all;
    for (const std::string &word : words)
        all += (all.empty() ? "" : " ") + word;
    return failure(Error::InvalidArgument, "there is no command \"" + all + "\"; see maxiofs --help");
}

}  // namespace

Result<Invocation> readInvocation(const QStringList &arguments, const Environment &environment)
{
    TRY_ASSIGN(const Arguments given, split(arguments));
    Invocation invocation;
    invocation.helpText = helpText();
    if (given.version || given.help) {
        invocation.command = given.version ? Invocation::Command::Version : Invocation::Command::Help;
        return invocation;
    }
    TRY_STATUS(readCommand(invocation, given.words));
    Configuration &configuration = invocation.configuration;

    // The file's place may depend on the data directory.
    std::string dataDir = environment("MAXIOFS_DATA_DIR").value_or("");
    for (const auto &[setting, value] : given.flags) {
        if (setting->name == "data-dir")
            dataDir = value;
    }
    if (given.config) {
        TRY_STATUS(readFile(configuration, *given.config));
    } else if (const std::string standard = dataDir + "/maxiofs.conf";
               !dataDir.empty() && QFileInfo::exists(QString::fromStdString(standard))) {
        TRY_STATUS(readFile(configuration, standard));
    }
    for (const Setting &setting : kSettings) {
        const std::string name = environmentName(setting.name);
        if (const auto value = environment(name))
            TRY_STATUS(apply(configuration, setting, *value, name));
    }
    for (const auto &[setting, value] : given.flags)
        TRY_STATUS(apply(configuration, *setting, value, "--" + std::string(setting->name)));

    configuration.adminPassword = environment("MAXIOFS_ADMIN_PASSWORD").value_or("");
    configuration.accessKey = environment("MAXIOFS_ACCESS_KEY").value_or("");
    configuration.secretKey = environment("MAXIOFS_SECRET_KEY").value_or("");
    if (configuration.dataDir.empty())
        return failure(Error::InvalidArgument, "--data-dir is needed: where the node keeps its data",
                       "data-dir");
    if (configuration.tlsCert.empty() != configuration.tlsKey.empty())
        return failure(Error::InvalidArgument, "--tls-cert and --tls-key are needed together", "tls-cert");
    return invocation;
}

}  // namespace maxiofs
