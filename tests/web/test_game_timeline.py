"""The two timelines of *Be the scheduler* as geometry: one scale for both, a band for each stretch that was missed."""

from __future__ import annotations

from ecsweb.domain.scheduler_game import Blow, Fault, Half, Level, Placed
from ecsweb.web.diagrams.game_timeline import HEIGHT, WIDTH, top_of, track
from ecsweb.web.diagrams.small_chart import BOTTOM, LEFT, RIGHT, TOP


def half(*levels: Level, until: float = 60.0, placed: tuple[Placed, ...] = ()) -> Half:
    return Half(until, levels, placed, blows=((5.0, Blow.KILL), (20.0, Blow.LOSE)), reactions=(), unanswered=0)


def test_both_halves_share_the_higher_scale() -> None:
    assert top_of([half(Level(0, 3, 3)), half(Level(0, 3, 3), Level(10, 4, 6))]) == 6


def test_running_and_desired_are_stairs_up_to_the_moment_that_is_reached() -> None:
    drawn = track(half(Level(0, 3, 3), Level(30, 4, 3), until=45), 4)

    middle, reached = (LEFT + RIGHT) / 2, LEFT + (RIGHT - LEFT) * 0.75
    assert drawn.desired == f"M{LEFT} 29.0L{middle} 29.0L{middle} {TOP}L{reached} {TOP}"
    assert drawn.running.endswith(f"L{reached} 29.0")


def test_a_band_stands_where_seconds_were_missed_and_is_never_too_thin_to_see() -> None:
    drawn = track(half(Level(0, 3, 3), Level(15, 3, 2), Level(30, 3, 3), Level(50, 3, 2), Level(50.1, 3, 3)), 4)

    assert [(band.x, band.width) for band in drawn.bands] == [(107.0, 69.0), (268.0, 1.0)]


def test_what_happened_stands_in_rows_below_the_plot_each_kind_in_its_shape() -> None:
    placed = (Placed(6, "one", "a"), Placed(21, "two", "a", Fault.CROWDED))
    drawn = track(half(Level(0, 3, 3), placed=placed), 4)

    assert [mark.kind for mark in drawn.marks] == ["blow", "blow", "start", "wrong"]
    assert len({mark.shape for mark in drawn.marks}) == 4
    assert all(BOTTOM < mark.y < HEIGHT and LEFT <= mark.x <= RIGHT for mark in drawn.marks)
    assert drawn.seconds[0] == (LEFT, "0")
    assert drawn.seconds[-1] == (RIGHT, "60")
    assert WIDTH > RIGHT
