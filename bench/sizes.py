"""How much is measured. The figures mean what they say at the full sizes alone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """Numbers of runs, rows, people and seconds of every part."""

    runs: int = 7
    feel_rounds: int = 25

    short_run: int = 40
    long_run: int = 150

    early_turn: int = 10
    late_turn: int = 10_000
    loop_steps: int = 100

    few_definitions: int = 5
    many_definitions: int = 500
    starts: int = 15
    starts_in_a_run: int = 10
    blocks: int = 8

    few_timers: int = 1_000
    many_timers: int = 1_000_000
    due_timers: int = 100

    few_receivers: int = 10
    many_receivers: int = 100_000
    messages: int = 51

    tasks: int = 1_000_000
    lists: int = 15
    arranged_tasks: int = 100_000

    cases: int = 48
    clients: int = 12
    threads: tuple[int, ...] = (1, 2, 4)
    try_seconds: float = 3.0
    machine_seconds: float = 5.0

    homes: int = 1_000
    buyers: int = 2_000
    consultants: int = 40
    in_flight: int = 200
    opening_seconds: float = 60.0

    open_receivables: int = 100_000
    statement_lines: int = 10_000
    receivables: int = 1_000_000
    arrears_cases: int = 200
    letters: int = 1_000


FULL = Sizes()
# Enough that every line of every part runs and its figure comes out; nothing can be learnt from the figure.
SMALL = Sizes(
    runs=1,
    feel_rounds=1,
    short_run=2,
    long_run=3,
    early_turn=1,
    late_turn=3,
    loop_steps=1,
    few_definitions=1,
    many_definitions=2,
    starts=1,
    starts_in_a_run=1,
    blocks=2,
    few_timers=4,
    many_timers=8,
    due_timers=2,
    few_receivers=2,
    many_receivers=8,
    messages=1,
    tasks=2_400,
    lists=1,
    arranged_tasks=2_400,
    cases=4,
    clients=2,
    threads=(1,),
    try_seconds=0.2,
    machine_seconds=1.0,
    homes=4,
    buyers=8,
    consultants=2,
    in_flight=4,
    opening_seconds=0.2,
    open_receivables=1_000,
    statement_lines=40,
    receivables=200,
    arrears_cases=4,
    letters=4,
)
