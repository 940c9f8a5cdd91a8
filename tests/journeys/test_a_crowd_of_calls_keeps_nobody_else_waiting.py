"""One caller with many slow calls at once has a part of what answers calls; another is answered meanwhile."""

import time
from concurrent.futures import ThreadPoolExecutor

from tests.clients import Client, key_for
from tests.journeys.conftest import Running

CROWD = 30


def test_a_key_with_many_slow_calls_keeps_no_other_waiting(andon: Running, probe: list[str]) -> None:
    slow = Client(andon.url, key_for(andon.database, "operator"))
    quick = Client(andon.url, key_for(andon.database, "operator"))
    assert quick.get("/probe/shops").status == 200
    with ThreadPoolExecutor(CROWD) as pool:
        crowd = [
            pool.submit(slow.post, "/probe/notes", {"text": "x", "then": "sleep 0.3"}) for _ in range(CROWD)
        ]
        while not probe:
            time.sleep(0.01)
        times = []
        while not all(each.done() for each in crowd):
            began = time.monotonic()
            assert quick.get("/probe/shops").status == 200
            times.append(time.monotonic() - began)
    assert all(each.result().status == 201 for each in crowd)
    # In one queue it would wait behind the crowd: some seconds.
    assert max(times) < 0.3 * CROWD / 5 / 2, max(times)
