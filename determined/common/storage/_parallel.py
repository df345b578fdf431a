"""Moving many files side by side."""

from __future__ import annotations

import concurrent.futures
import threading
from typing import Any, Callable, Iterator, List, TypeVar

T = TypeVar("T")


def for_all(items: List[T], work: Callable[[T], Any], workers: int) -> None:
    """Do something with all items, several at a time; raise the first failure, after which nothing more is begun.

    Parameters:
        items: what to work off.
        work: called with each of them, from several threads.
        workers: how many threads at most.
    """
    count = min(workers, len(items))
    if count <= 1:
        for item in items:
            work(item)
        return
    queue, lock, halt = iter(items), threading.Lock(), threading.Event()

    def work_off() -> None:
        try:
            for item in _taken_in_turn(queue, lock):
                if halt.is_set():
                    return
                work(item)
        except BaseException:
            halt.set()
            raise

    with concurrent.futures.ThreadPoolExecutor(count) as executor:
        futures = [executor.submit(work_off) for _ in range(count)]
        try:
            for future in concurrent.futures.as_completed(futures):
                future.result()
        finally:
            halt.set()


def _taken_in_turn(queue: Iterator[T], lock: threading.Lock) -> Iterator[T]:
    while True:
        with lock:
            try:
                item = next(queue)
            except StopIteration:
                return
        yield item
