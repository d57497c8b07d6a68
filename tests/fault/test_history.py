# SPDX-License-Identifier: GPL-3.0-or-later
"""The checker of histories, with histories that are right and histories that are wrong."""

import threading

import pytest

from history import (DELETE, ERROR, GET, INDETERMINATE, OK, PUT, Found, History, Operation, check_registers, check_set,
                     check_sides, check_values, is_linearizable, without_dirty_reads)


def put(value, begin, end, outcome=OK, client="a"):
    return Operation(client, PUT, "key", begin, None if outcome == INDETERMINATE else end, value, outcome=outcome)


def delete(begin, end, outcome=OK):
    return Operation("b", DELETE, "key", begin, None if outcome == INDETERMINATE else end, outcome=outcome)


def get(value, begin, end, outcome=OK, stale=False):
    return Operation("c", GET, "key", begin, None if outcome == INDETERMINATE else end, value, outcome=outcome,
                     stale=stale)


RIGHT = {
    "nothing": [],
    "nothing was read before anything was written": [get(None, 1, 2), put("x", 3, 4), get("x", 5, 6)],
    "a read during a put sees either": [put("x", 1, 9), get(None, 2, 3), get("x", 4, 5)],
    "a read during a put sees the new one": [put("x", 1, 9), get("x", 2, 3)],
    "two puts at once, either order": [put("x", 1, 9), put("y", 1, 9), get("y", 10, 11), get("y", 12, 13)],
    "a put without an answer that took effect": [put("x", 1, 2), put("y", 3, 4, INDETERMINATE), get("y", 5, 6)],
    "a put without an answer that never was": [put("x", 1, 2), put("y", 3, 4, INDETERMINATE), get("x", 5, 6)],
    "a put without an answer that came late": [put("x", 1, 2), put("y", 3, 4, INDETERMINATE), get("x", 5, 6),
                                               put("z", 7, 8), get("z", 9, 10), get("y", 11, 12)],
    "a delete without an answer that came late": [put("x", 1, 2), delete(3, 4, INDETERMINATE), get("x", 5, 6),
                                                  get(None, 7, 8)],
    "two deletes without an answer": [put("x", 1, 2), delete(3, 4, INDETERMINATE), delete(3, 4, INDETERMINATE),
                                      get(None, 5, 6), put("y", 7, 8), get("y", 9, 10), get(None, 11, 12)],
    "a put that was refused": [put("x", 1, 2), put("y", 3, 4, ERROR), get("x", 5, 6)],
    "a deleted object is gone": [put("x", 1, 2), delete(3, 4), get(None, 5, 6), put("y", 7, 8), get("y", 9, 10)],
    "a read without an answer tells nothing": [put("x", 1, 2), get("?", 3, 4, INDETERMINATE), get("?", 3, 4, ERROR)],
    "a read that may be behind": [put("x", 1, 2), put("y", 3, 4), get("x", 5, 6, stale=True),
                                  get(None, 5, 6, stale=True)],
}

WRONG = {
    "an acknowledged put is lost": [put("x", 1, 2), get(None, 3, 4)],
    "an acknowledged put was never carried out": [put("x", 1, 2), put("y", 3, 4), get("x", 5, 6)],
    "a deleted object is back": [put("x", 1, 2), delete(3, 4), get(None, 5, 6), get("x", 7, 8)],
    "reads go back in time": [put("x", 1, 2), put("y", 3, 9), get("y", 4, 5), get("x", 6, 7)],
    "two readers see two orders": [put("x", 1, 9), put("y", 1, 9), get("x", 10, 11), get("y", 12, 13)],
    "a refused put was carried out": [put("x", 1, 2), put("y", 3, 4, ERROR), get("y", 5, 6)],
    "what nobody wrote": [put("x", 1, 2), get("z", 3, 4)],
    "what nobody wrote, although it may be behind": [put("x", 1, 2), get("z", 3, 4, stale=True)],
    "what is written only later": [get("x", 1, 2), put("x", 3, 4)],
    "one put without an answer took effect twice": [put("x", 1, 2, INDETERMINATE), get("x", 3, 4), put("y", 5, 6),
                                                    get("y", 7, 8), get("x", 9, 10)],
    "one delete without an answer took effect twice": [
        put("x", 1, 2), delete(3, 4, INDETERMINATE), get(None, 5, 6), put("y", 7, 8), get("y", 9, 10),
        get(None, 11, 12)],
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_history_of_a_register_passes(name):
    assert check_registers(History(RIGHT[name])) == []


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_history_of_a_register_is_found(name):
    problems = check_registers(History(WRONG[name]))
    assert len(problems) == 1 and problems[0].startswith("key: ")
    assert all(str(operation) in problems[0] for operation in WRONG[name])


def test_keys_are_registers_of_their_own():
    other = put("y", 3, 4)
    other.key = "other"
    assert check_registers(History([put("x", 1, 2), other, get("x", 5, 6)])) == []


def any_order_explains(operations):
    """The definition itself, by trying out every order."""
    def goes_on(left, value):
        if all(one.end is None for one in left):
            return True
        for one in left:
            if any(other is not one and other.precedes(one) for other in left):
                continue
            rest = [other for other in left if other is not one]
            if one.operation != GET:
                if goes_on(rest, one.value):
                    return True
            elif one.value == value and goes_on(rest, value):
                return True
        return False

    told = [one for one in operations if one.outcome != ERROR and (one.operation != GET or one.outcome == OK)]
    return goes_on(told, None)


def random_history(choose):
    """Of a register, or nearly so."""
    operations, written = [], [None]
    for number in range(choose.randrange(1, 8)):
        begin = choose.randrange(12)
        end = begin + choose.randrange(6)
        kind = choose.choice([PUT, GET, GET, DELETE])
        outcome = OK if kind == GET else choose.choice([OK, OK, OK, INDETERMINATE, ERROR])
        if kind == PUT:
            written.append(f"v{number}")
            operations.append(put(written[-1], begin, end, outcome))
        elif kind == DELETE:
            operations.append(delete(begin, end, outcome))
        else:
            operations.append(get(choose.choice(written), begin, end))
    return operations


def test_the_checker_agrees_with_the_definition(choose):
    verdicts = []
    for _ in range(3000):
        operations = random_history(choose)
        verdicts.append(is_linearizable(operations))
        assert verdicts[-1] == any_order_explains(operations), "\n".join(map(str, operations))
    assert 0 < sum(verdicts) < len(verdicts)


def run_register(choose, clients, turns, fault=None):
    """The history of a true register under that many clients at once, a part of whose answers is lost; `fault` may
    change what a get answers."""
    history, now, value, waiting = History(clock=lambda: now), 0, None, []
    for number in range(turns):
        now += 1
        if len(waiting) < clients:
            kind = choose.choice([PUT, PUT, GET, GET, GET, DELETE])
            wanted = f"v{number}" if kind == PUT else None
            waiting.append([history.begin("c", kind, "key", wanted), choose.random() < 0.9, None, False])
        one = choose.choice(waiting)
        begun, is_answered, seen, is_done = one
        if not is_done:
            if begun.operation == GET:
                one[2] = fault(value, number) if fault else value
            elif is_answered or choose.random() < 0.5:
                value = begun.value
            one[3] = True
            continue
        waiting.remove(one)
        now += 1
        if is_answered:
            history.ok(begun, one[2])
        else:
            history.indeterminate(begun)
    return history


def test_long_histories_of_a_true_register_pass(choose):
    for _ in range(20):
        assert check_registers(run_register(choose, 4, 1000)) == []


def test_one_wrong_answer_in_a_long_history_is_found(choose):
    found = 0
    for _ in range(20):
        wrong_at = choose.randrange(300, 700)
        values = []

        def fault(value, number):
            values.append(value)
            older = [each for each in values[-40:-20] if each not in (None, value)]
            return older[0] if number >= wrong_at and older else value

        found += bool(check_registers(run_register(choose, 3, 1000, fault)))
    assert found == 20


def test_a_value_that_nobody_wrote_is_found_whatever_the_order():
    assert check_values(History([put("x", 1, 2), put("y", 3, 4), get("x", 5, 6), get(None, 7, 8)])) == []
    assert "nobody had written" in check_values(History([put("x", 1, 2), get("z", 3, 4)]))[0]
    assert "nobody had written" in check_values(History([put("x", 1, 2, ERROR), get("x", 3, 4)]))[0]


DIRTY = {
    "a read of a put that died with the owner": [
        put("x", 1, 2), put("y", 3, 4, INDETERMINATE), get("y", 5, 6), get("x", 20, 21)],
    "a read of a delete that died with the owner": [
        put("x", 1, 2), delete(3, 4, INDETERMINATE), get(None, 5, 6), get("x", 20, 21)],
}

CLEAN = {
    "a read of a put that was acknowledged": [put("x", 1, 2), put("y", 3, 4), get("y", 5, 6), get("x", 20, 21)],
    "a read after the owner's death": [
        put("x", 1, 2), put("y", 3, 4, INDETERMINATE), get("y", 12, 13), get("x", 20, 21)],
    "a put that began after the owner's death": [
        put("x", 1, 2), put("y", 12, 13, INDETERMINATE), get("y", 14, 15), get("x", 20, 21)],
    "a read before the write": [
        put("x", 1, 2), get(None, 3, 4), delete(5, 6, INDETERMINATE), get("x", 20, 21)],
}


@pytest.mark.parametrize("name", DIRTY)
def test_a_dirty_read_of_a_dead_owner_is_let_pass(name):
    assert check_registers(History(DIRTY[name])) != []
    assert check_registers(without_dirty_reads(History(DIRTY[name]), 10)) == []


@pytest.mark.parametrize("name", CLEAN)
def test_other_reads_are_no_dirty_ones(name):
    assert check_registers(without_dirty_reads(History(CLEAN[name]), 10)) != []


# --- Sets ----------------------------------------------------------------------------------------------------------

APART = {"apart_seconds": 1e-8}  # ten of the histories' ticks

WHOLE = {
    "what was written is there": ([put("x", 1, 2)], Found("x"), {}),
    "what was deleted is not": ([put("x", 1, 2), delete(3, 4)], Found(), {}),
    "what was overwritten is not": ([put("x", 1, 2), put("y", 3, 4)], Found("y"), {}),
    "the loser of two sides is kept": ([put("x", 1, 4), put("y", 3, 6)], Found("y", ("x",)), {"keeps_versions": True}),
    "either of two at once": ([put("x", 1, 4), put("y", 3, 6)], Found("x"), {}),
    "without an answer, there": ([put("x", 1, 2, INDETERMINATE)], Found("x"), {}),
    "without an answer, not there": ([put("x", 1, 2, INDETERMINATE)], Found(), {}),
    "without an answer, after its deletion": ([put("x", 1, 2, INDETERMINATE), delete(3, 4)], Found("x"), {}),
    "deleted without an answer": ([put("x", 1, 2), delete(3, 4, INDETERMINATE)], Found(), {}),
    "not deleted without an answer": ([put("x", 1, 2), delete(3, 4, INDETERMINATE)], Found("x"), {}),
    "made again after its deletion": ([put("x", 1, 2), delete(3, 4), put("y", 5, 6)], Found("y"), {}),
    "refused": ([put("x", 1, 2, ERROR)], Found(), {}),
    "below a delete marker": ([put("x", 1, 2), delete(3, 4)], Found(None, ("x",)), {"keeps_versions": True}),
    "clocks disagree": ([put("x", 1, 2), put("y", 3, 4)], Found("x", ("y",)), APART),
    "clocks disagree about a delete": ([put("x", 1, 2), delete(3, 4)], Found("x"), APART),
    "clocks disagree about a delete that came first": ([delete(1, 2), put("x", 3, 4)], Found(None, ("x",)), APART),
}

BROKEN = {
    "lost": ([put("x", 1, 2)], Found(), {}, "is lost"),
    "lost, and what came before it is there": ([put("x", 1, 2), put("y", 3, 4)], Found("x"), {}, "is lost"),
    "lost, although it should be kept": ([put("x", 1, 2), put("y", 3, 4)], Found("y"), {"keeps_versions": True},
                                         "x was acknowledged and is lost"),
    "a delete that ended before hides nothing": ([delete(1, 2), put("x", 3, 4)], Found(), {}, "is lost"),
    "hidden": ([put("x", 1, 2)], Found(None, ("x",)), {"keeps_versions": True}, "is not shown"),
    "back": ([put("x", 1, 2), delete(3, 4)], Found("x"), {}, "is back"),
    "refused and there": ([put("x", 1, 2, ERROR)], Found("x"), {}, "nobody wrote"),
    "of nobody": ([], Found("z"), {}, "nobody wrote"),
    "of nobody, as an older version": ([put("x", 1, 2)], Found("x", ("z",)), {}, "nobody wrote"),
    "out of order": ([put("x", 1, 2), put("y", 3, 4)], Found("x", ("y",)), {}, "which was written later"),
    "out of order by more than clocks": ([put("x", 1, 2), put("y", 13, 14)], Found("x", ("y",)), APART,
                                         "which was written later"),
    "back, later than clocks disagree": ([put("x", 1, 2), delete(13, 14)], Found("x"), APART, "is back"),
    "lost, whatever the clocks": ([delete(1, 2), put("x", 13, 14)], Found(), APART, "is lost"),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_set_passes(name):
    operations, found, options = WHOLE[name]
    assert check_set(History(operations), {"key": found}, **options) == []


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_set_is_found(name):
    operations, found, options, problem = BROKEN[name]
    problems = check_set(History(operations), {"key": found}, **options)
    assert any(problem in each and each.startswith("key: ") for each in problems), problems


def test_a_key_that_is_not_found_at_all_is_lost():
    assert "is lost" in check_set(History([put("x", 1, 2)]), {})[0]


SIDES = [({"a"}, 10), ({"b"}, 10)]
KEPT = {
    "the loser is a conflict": ([put("x", 11, 12), put("y", 13, 14, client="b")], Found("y", ("x",))),
    "the earlier one has won": ([put("x", 11, 12), put("y", 13, 14, client="b")], Found("x", ("y",))),
    "a side overwrote what it wrote": ([put("x", 11, 12), put("y", 13, 14)], Found("y")),
    "a side deleted what it wrote": ([put("x", 11, 12, client="b"), delete(13, 14)], Found()),
    "a delete won": ([put("x", 13, 14), delete(11, 12)], Found(None, ("x",))),
    "before the sides parted": ([put("x", 1, 2), put("y", 13, 14, client="b")], Found("y")),
    "without an answer": ([put("x", 11, 12, INDETERMINATE), put("y", 13, 14, client="b")], Found("y")),
}
GONE = {
    "the loser": ([put("x", 11, 12), put("y", 13, 14, client="b")], Found("y")),
    "the loser of a delete": ([put("x", 11, 12), delete(13, 14)], Found()),
    "both": ([put("x", 11, 12), put("y", 13, 14, client="b")], Found()),
}
BACK = {
    "a side deleted it": ([put("x", 11, 12, client="b"), delete(13, 14)], Found("x")),
    "a side overwrote it": ([put("x", 11, 12), put("y", 13, 14)], Found("x", ("y",))),
}


@pytest.mark.parametrize("name", KEPT)
def test_what_both_sides_wrote_is_kept(name):
    operations, found = KEPT[name]
    assert check_sides(History(operations), {"key": found}, SIDES) == []


@pytest.mark.parametrize("name", GONE)
def test_what_a_side_wrote_and_is_gone_is_found(name):
    operations, found = GONE[name]
    assert any("is lost" in problem for problem in check_sides(History(operations), {"key": found}, SIDES))


@pytest.mark.parametrize("name", BACK)
def test_what_a_side_itself_replaced_and_is_back_is_found(name):
    operations, found = BACK[name]
    assert any("is back" in problem for problem in check_sides(History(operations), {"key": found}, SIDES))


# --- The recorder --------------------------------------------------------------------------------------------------

def test_what_was_recorded_comes_back_from_a_file(tmp_path):
    history = History()
    first = history.begin("a", PUT, "k", "x")
    second = history.begin("b", GET, "k")
    third = history.begin("c", DELETE, "k")
    fourth = history.begin("d", PUT, "k", "y")
    history.ok(second, None, stale=True)
    history.ok(first, version="1")
    history.error(third, "403 AccessDenied")
    history.indeterminate(fourth, "reset")
    history.save(tmp_path / "history")

    again = History.load(tmp_path / "history").snapshot()

    assert again == history.snapshot() and history.acknowledged() == 1
    assert [one.outcome for one in again] == [OK, OK, ERROR, INDETERMINATE]
    assert (again[0].value, again[0].version, again[1].stale, again[3].end) == ("x", "1", True, None)


def test_many_threads_record_at_once():
    history = History()

    def work(name):
        for number in range(200):
            history.ok(history.begin(name, PUT, f"{name}-{number}", f"{name}-{number}"))

    threads = [threading.Thread(target=work, args=(f"t{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert history.acknowledged() == 800 and len(history.by_key()) == 800
    assert check_registers(history) == []
    assert check_set(history, {key: Found(key) for key in history.by_key()}) == []
