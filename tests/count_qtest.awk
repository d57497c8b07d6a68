# SPDX-License-Identifier: GPL-3.0-or-later
# Counts ctest's log as "passed failed": the test functions of Qt Test ("PASS   : Class::function(row)", without its own
# two), and one for a test of ctest that has none, such as a fuzzer, or that failed without naming one, as in a crash.
/^[0-9]+\/[0-9]+ Test(ing)?: / { named = 0 }
/^(PASS|XFAIL) +: / { named = 1 }
/^(PASS|XFAIL) +: / && !/::(initTestCase|cleanupTestCase)\(/ { passed++ }
/^(FAIL!|XPASS) +: / { failed++; named = 1; failure = 1 }
/^Test Passed\./ { if (!named) passed++ }
/^Test Failed\.|^Test time exceeded|^Test timed out/ { if (!failure) failed++ }
/^Test (Passed|Failed)\./ { failure = 0 }
END { print passed + 0, failed + 0 }
