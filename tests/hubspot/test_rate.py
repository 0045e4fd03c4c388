from hypothesis import given
from hypothesis import strategies as st

from offhook.hubspot.rate import LONGEST_PAUSE, Lane, LaneKey, Rates, Urgency

NOW, LATER, SPARE = Urgency


def send(lane: Lane, count: int, at: float) -> None:
    for _ in range(count):
        lane.take(at)


def test_it_lets_as_many_go_as_the_limit_says_and_then_makes_them_wait() -> None:
    lane = Lane(5, 1.0, 0)
    for _ in range(5):
        assert lane.wait(10.0, NOW) == 0
        lane.take(10.0)
    assert lane.wait(10.25, NOW) == 0.75
    assert lane.wait(11.0, NOW) == 0


def test_work_that_can_wait_leaves_room_for_ringing_phones() -> None:
    lane = Lane(5, 1.0, 2)
    send(lane, 3, 10.0)
    assert lane.wait(10.0, LATER) == 1.0
    assert lane.wait(10.0, NOW) == 0


def test_what_nobody_waits_for_leaves_room_for_everybody_else() -> None:
    lane = Lane(5, 1.0, 2)
    send(lane, 1, 10.0)
    assert lane.wait(10.0, SPARE) == 1.0
    assert lane.wait(10.0, LATER) == 0


def test_a_pause_stops_everybody_and_ends() -> None:
    lane = Lane(5, 1.0, 0)
    lane.pause(10.0, 3.0)
    assert lane.wait(11.0, NOW) == 2.0
    assert lane.wait(13.0, NOW) == 0


def test_a_shorter_pause_does_not_shorten_a_longer_one() -> None:
    lane = Lane(5, 1.0, 0)
    lane.pause(10.0, 30.0)
    lane.pause(11.0, 1.0)
    assert lane.wait(12.0, NOW) == 28.0


def test_a_pause_of_a_day_is_tried_again_after_a_minute() -> None:
    lane = Lane(5, 1.0, 0)
    lane.pause(0.0, 86_400.0)
    assert lane.wait(0.0, NOW) == LONGEST_PAUSE


def test_it_learns_the_limit_from_the_headers() -> None:
    lane = Lane(100, 10.0, 0)
    lane.take(1.0)
    lane.hear(2, 1, 1.0)
    assert lane.wait(1.0, NOW) == 0
    lane.take(2.0)
    assert lane.wait(2.0, NOW) == 9.0


def test_it_counts_what_others_have_used_until_their_window_is_over() -> None:
    lane = Lane(100, 10.0, 0)
    lane.take(1.0)
    lane.hear(100, 0, 1.5)
    assert lane.wait(1.5, NOW) == 9.5
    assert lane.wait(11.5, NOW) == 0


def test_accounts_and_lanes_do_not_stand_in_each_others_way() -> None:
    rates = Rates()
    send(rates.lane(1, LaneKey.SEARCH), 5, 0.0)
    assert rates.lane(1, LaneKey.SEARCH).wait(0.0, NOW) > 0
    assert rates.lane(2, LaneKey.SEARCH).wait(0.0, NOW) == 0
    assert rates.lane(1, LaneKey.GENERAL).wait(0.0, NOW) == 0


def test_headers_are_heard_by_the_general_lane_and_nonsense_is_not() -> None:
    rates = Rates()
    headers = {"x-hubspot-ratelimit-max": "190", "x-hubspot-ratelimit-remaining": "0"}
    rates.hear(1, {**headers, "x-hubspot-ratelimit-max": "many"}, 5.0)
    rates.hear(1, {}, 5.0)
    assert rates.lane(1, LaneKey.GENERAL).wait(5.0, NOW) == 0
    rates.hear(1, headers, 5.0)
    assert rates.lane(1, LaneKey.GENERAL).wait(5.0, NOW) == 10.0


@given(
    st.lists(st.tuples(st.floats(0, 3), st.sampled_from(Urgency)), max_size=60),
    st.integers(1, 8),
    st.integers(0, 10),
    st.lists(st.tuples(st.integers(1, 8), st.integers(0, 8)), max_size=5),
)
def test_whoever_waits_as_told_never_breaks_the_limit_and_never_waits_in_vain(
    arrivals: list[tuple[float, Urgency]], limit: int, kept_free: int, heard: list[tuple[int, int]]
) -> None:
    lane, at, sent = Lane(limit, 1.0, kept_free), 0.0, []
    for number, (gap, urgency) in enumerate(arrivals):
        at += gap
        if number < len(heard):
            lane.hear(limit, min(heard[number][1], limit), at)
        turns = 0
        while wait := lane.wait(at, urgency):
            at, turns = at + wait, turns + 1
            assert turns <= 3
        lane.take(at)
        sent.append(at)
    for each in sent:
        assert sum(each <= other < each + 0.999 for other in sent) <= limit
