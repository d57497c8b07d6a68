# SPDX-License-Identifier: GPL-3.0-or-later
# `./dev test` and `./dev soak`: stages, their times and their counts. Sourced by dev.

stage_names=()
declare -A stage_seconds stage_budget

# Minutes that a stage may take on two cores.
stage_budget=([install]=4 [build]=12 [unit]=2.5 [sim]=1.5 [system]=8 [faults]=9 [lint]=2 [asan]=6)

# What was counted so far: "passed failed" over all reports.
count() { cat "$reports"/*.count 2> /dev/null | awk '{ passed += $1; failed += $2 } END { print passed + 0, failed + 0 }'; }

# Runs a stage in a shell of its own, where `set -e` counts, and notes its time. A stage that failed without a failed
# test (it did not build, a runner crashed) counts as one failure.
run_stage() {  # name function [arguments]
    local name=$1 started=$SECONDS status=0 before after
    shift
    say "Stage: $name"
    stage_names+=("$name")
    before=$(count)
    "$BASH" "$root/dev" stage "$@" || status=$?
    stage_seconds[$name]=$((SECONDS - started))
    after=$(count)
    if [ "$status" != 0 ] && [ "${before#* }" = "${after#* }" ]; then
        echo 0 1 > "$reports/$name-stage.count"
        echo "failed with status $status" > "$reports/$name-stage.summary"
    fi
    return "$status"
}

print_summary() {
    local name total=0 file passed failed
    printf '\n== Time\n%-10s %8s %8s\n' stage minutes budget
    for name in "${stage_names[@]}"; do
        total=$((total + stage_seconds[$name]))
        printf '%-10s %8.1f %8s\n' "$name" "$(minutes "${stage_seconds[$name]}")" "${stage_budget[$name]:--}"
    done
    printf '%-10s %8.1f\n\n== Summary\n' all "$(minutes "$total")"
    for file in "$reports"/*.summary; do
        [ -s "$file" ] && printf '%s: %s\n' "$(basename "$file" .summary)" "$(cat "$file")"
    done
    read -r passed failed <<< "$(count)"
    printf '%d passed, %d failed\n' "$passed" "$failed"
    [ "$failed" = 0 ]
}

minutes() { LC_ALL=C awk -v seconds="$1" 'BEGIN { printf "%.1f", seconds / 60 }'; }

# --- The runners -----------------------------------------------------------------------------------------------

# ctest over a build; counts Qt Test's functions, and a binary that failed without naming one (a crash) as one.
run_ctest() {  # stage preset [ctest arguments]
    local stage=$1 preset=$2 status=0
    shift 2
    ctest --test-dir "$build/$preset" --output-on-failure --no-tests=error --timeout 600 "$@" \
        | tee "$reports/$stage.log" || status=$?
    grep -E '^[0-9]+% tests passed' "$reports/$stage.log" > "$reports/$stage.summary" || true
    awk -f tests/count_qtest.awk "$build/$preset/Testing/Temporary/LastTest.log" > "$reports/$stage.count"
    return "$status"
}

run_pytest() {  # stage pytest arguments
    local stage=$1 status=0
    shift
    "$python" -m pytest -p no:cacheprovider -q --durations=5 "$@" --junitxml "$reports/$stage.xml" < /dev/null \
        | tee "$reports/$stage.log" || status=$?
    tail -n 1 "$reports/$stage.log" > "$reports/$stage.summary"
    "$python" tests/count_junit.py "$reports/$stage.xml" > "$reports/$stage.count"
    return "$status"
}

# --- Stages of `./dev test` ------------------------------------------------------------------------------------

stage_install() { install_for_tests; }
stage_build() {
    configure release
    compile release
}
stage_unit() { run_ctest unit release -j2 -E '^sim\.'; }
stage_sim() { run_sim 60; }

# The cluster's rules under random histories for so many seconds; how many there were and their seed are in the summary.
run_sim() {  # seconds
    local status=0
    MAXIOFS_SIM_SECONDS=$1 run_ctest sim release -R '^sim\.' || status=$?
    grep -E 'histories from seed' "$build/release/Testing/Temporary/LastTest.log" > "$reports/sim.summary" || true
    return "$status"
}
stage_system() {
    install_javascript_client
    export MAXIOFS_BIN=$build/release/bin/maxiofs
    local status=0
    run_pytest system tests/system || status=$?
    MAXIOFS_EDGE=1 run_pytest system-edge tests/system || status=$?
    return "$status"
}
stage_faults() { MAXIOFS_BIN=$build/release/bin/maxiofs run_pytest faults -s tests/fault; }
stage_lint() {
    local status=0
    run_pytest lint-scripts tests/lint || status=$?
    cmd_lint --count "$reports/lint.count" "$@" | tee "$reports/lint.log" || status=$?
    tail -n 1 "$reports/lint.log" > "$reports/lint.summary"
    return "$status"
}

# The parts that parse what strangers send and what the disk gives back, with their unit tests and fuzzers.
sanitized_tests=(
    shared_base shared_crypto shared_text shared_sigv4 nodeserver_os nodeserver_frame nodeserver_log
    nodeserver_index nodeserver_blob nodeserver_store nodeserver_http)
stage_asan() {
    configure asan -DMAXIOFS_DESKTOP=OFF -DMAXIOFS_FUZZ=ON -DMAXIOFS_FUZZ_SECONDS=10
    local name targets=() known
    known=$(ninja -C "$build/asan" -t targets all | cut -d: -f1)
    for name in "${sanitized_tests[@]}"; do
        grep -qx "test_$name" <<< "$known" && targets+=("test_$name")
    done
    mapfile -t -O "${#targets[@]}" targets < <(grep -x 'fuzz_[a-z0-9_]*' <<< "$known")
    compile asan "${targets[@]}"
    local pattern
    pattern=$(printf '|%s' "${sanitized_tests[@]/_/.}")
    UBSAN_OPTIONS=print_stacktrace=1 run_ctest asan asan -j2 -R "^(unit\.(${pattern:1})|fuzz\..*)\$"
}

# The lock file pins versions and checksums; the registry is the one that npm is set up with.
install_javascript_client() {
    mkdir -p "$build/js"
    if ! cmp -s tests/system/js/package-lock.json "$build/js/package-lock.json" || [ ! -d "$build/js/node_modules" ]; then
        rm -rf "$build/js/node_modules"
        cp tests/system/js/package.json "$build/js/"
        (cd "$build/js" && cp "$root/tests/system/js/package-lock.json" . && npm ci --no-audit --no-fund < /dev/null) \
            || { rm -f "$build/js/package-lock.json" && return 1; }
    fi
}

cmd_test() {  # [stage...]
    local stages=("$@") stage status=0
    [ ${#stages[@]} -gt 0 ] || stages=(unit sim system faults lint asan)
    for stage in "${stages[@]}"; do
        declare -F "stage_$stage" > /dev/null || die "test: unknown stage $stage (known: unit sim system faults lint asan)"
    done
    start_reports
    if run_stage install stage_install && run_stage build stage_build; then
        for stage in "${stages[@]}"; do
            run_stage "$stage" "stage_$stage" || status=1
        done
    else
        status=1
    fi
    print_summary || status=1
    return "$status"
}

start_reports() {
    rm -rf "$reports"
    mkdir -p "$reports"
}

# --- Parts of `./dev soak` -------------------------------------------------------------------------------------

soak_lint() { stage_lint --all; }

soak_asan() {
    configure asan -DMAXIOFS_DESKTOP=ON -DMAXIOFS_FUZZ=ON -DMAXIOFS_FUZZ_SECONDS=60
    compile asan
    local status=0
    QT_QPA_PLATFORM=offscreen run_ctest asan asan -j2 || status=$?
    soak_clients system-asan asan || status=$?
    return "$status"
}

soak_tsan() {
    configure tsan -DMAXIOFS_DESKTOP=OFF
    compile tsan
    local status=0
    export TSAN_OPTIONS="suppressions=$root/tests/tsan.supp halt_on_error=1 second_deadlock_stack=1"
    run_ctest tsan tsan -j1 -R '^unit\.(shared|nodeserver)\.' || status=$?
    soak_clients system-tsan tsan || status=$?
    return "$status"
}

# The system tests against a sanitized node; any report ends the node and fails the test that met it. A node whose
# clock libfaketime changes hangs at its start, since the sanitizers replace the same calls.
soak_clients() {  # stage preset
    install_javascript_client
    MAXIOFS_BIN=$build/$2/bin/maxiofs MAXIOFS_MOST_GROWTH_MIB=600 run_pytest "$1" tests/system \
        --deselect tests/system/test_cluster_api.py::test_a_clock_that_is_off_is_told
}

soak_faults() {
    MAXIOFS_BIN=$build/release/bin/maxiofs MAXIOFS_ROUNDS=20 run_pytest faults -s tests/fault \
        --deselect tests/fault/test_storm.py --deselect tests/fault/test_cluster_storm.py \
        --deselect tests/fault/test_replication_storm.py
}

soak_storms() {
    local status=0
    export MAXIOFS_BIN=$build/release/bin/maxiofs
    MAXIOFS_STORM_SECONDS=1200 run_pytest storms -s tests/fault/test_storm.py || status=$?
    MAXIOFS_STORM_SECONDS=1800 run_pytest cluster-storms -s tests/fault/test_cluster_storm.py || status=$?
    MAXIOFS_STORM_SECONDS=1800 run_pytest replication-storms -s tests/fault/test_replication_storm.py || status=$?
    MAXIOFS_PARTITION_SECONDS=180 run_pytest partitions -s tests/fault/test_failover.py -k "partition or claimants" \
        || status=$?
    MAXIOFS_TREE_FILES=5000 MAXIOFS_LARGE_MIB=2048 run_pytest trees -s tests/system/test_client_trees.py || status=$?
    MAXIOFS_LARGE_MIB=5120 run_pytest streams -s tests/system/test_routing_streams.py -k long_body || status=$?
    return "$status"
}

soak_sim() { run_sim 1800; }

cmd_soak() {  # [part...]
    local parts=("$@") part status=0
    [ ${#parts[@]} -gt 0 ] || parts=(lint asan tsan sim faults storms)
    for part in "${parts[@]}"; do
        declare -F "soak_$part" > /dev/null || die "soak: unknown part $part (known: lint asan tsan sim faults storms)"
    done
    stage_budget=([install]=4 [build]=12 [lint]=45 [asan]=45 [tsan]=45 [sim]=45 [faults]=45 [storms]=100)
    start_reports
    if run_stage install stage_install && run_stage build stage_build; then
        for part in "${parts[@]}"; do
            run_stage "$part" "soak_$part" || status=1
        done
    else
        status=1
    fi
    print_summary || status=1
    return "$status"
}
