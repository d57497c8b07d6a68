# SPDX-License-Identifier: GPL-3.0-or-later
# Counts the test functions in ctest's log: "PASS   : Class::function(row)" lines, without Qt Test's own two. A binary
# that ctest calls failed although no function of it did (a crash, a time limit) counts as one failure.
/^(PASS|XFAIL) +: / && !/::(initTestCase|cleanupTestCase)\(/ { passed++ }
/^(FAIL!|XPASS) +: / { failed++; named = 1 }
/^Test Failed\.|^Test time exceeded|^Test timed out/ { if (!named) failed++ }
/^[0-9]+\/[0-9]+ Test(ing)?: / { named = 0 }
END { print passed + 0, failed + 0 }
