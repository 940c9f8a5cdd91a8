"""Threads: where what waits for the database is done, beside the loop that reads and writes the connections."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def keep_threads(count: int) -> None:
    """Let this loop have so many threads."""
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(count, thread_name_prefix="call"))


async def in_thread(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What comes of a call, made in one of the loop's threads.

    The framework's own way there costs twice the processor time, most of it for locks of Python's own.
    """
    made = partial(copy_context().run, call, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(None, made)
