"""asyncpg: so many clients at a pool, reading by key or inserting, for so many seconds."""

import asyncio
import random
import sys
import time

import asyncpg

host, port, work, connections, clients, seconds = sys.argv[1:]


async def main():
    pool = await asyncpg.create_pool(
        host=host, port=int(port), user="bench", database="bench", min_size=int(connections), max_size=int(connections)
    )
    end = time.monotonic() + float(seconds)
    count = 0
    body = "x" * 890

    async def client():
        nonlocal count
        while time.monotonic() < end:
            async with pool.acquire() as connection:
                if work == "read":
                    await connection.fetchval("SELECT body FROM message WHERE id = $1", random.randint(1, 100000))
                else:
                    await connection.execute("INSERT INTO event (sender, body) VALUES ($1, $2)", "15550783881", body)
            count += 1

    started = time.monotonic()
    await asyncio.gather(*(client() for _ in range(int(clients))))
    print(count, time.monotonic() - started)


asyncio.run(main())
