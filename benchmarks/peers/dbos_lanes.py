"""DBOS with a queue partitioned by channel, one at a time in each: `URL JOBS CHANNELS`; prints {"seconds": …}."""

from __future__ import annotations

import json
import sys
import time

from dbos import DBOS, DBOSConfig, SetEnqueueOptions


@DBOS.workflow()
def send(number: int) -> int:
    """Do nothing."""
    return number


def work_off(url: str, jobs: int, channels: int) -> float:
    """Return how many seconds all jobs take from the first put in the queue to the last that ends."""
    config: DBOSConfig = {
        "name": "lanes",
        "system_database_url": url,
        "log_level": "ERROR",
        "console_log_level": "ERROR",
    }
    DBOS(config=config)
    DBOS.launch()
    queue = DBOS.register_queue("lanes", partition_concurrency=1, polling_interval_sec=0.05)
    began = time.perf_counter()
    handles = []
    for number in range(jobs):
        with SetEnqueueOptions(queue_partition_key=f"c{number % channels}"):
            handles.append(queue.enqueue(send, number))
    for handle in handles:
        handle.get_result()
    seconds = time.perf_counter() - began
    DBOS.destroy()
    return seconds


if __name__ == "__main__":
    print(json.dumps({"seconds": work_off(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))}))
