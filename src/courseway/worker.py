"""The worker door: imports, postbacks, housekeeping. Stops kindly on SIGTERM: jobs under way finish first."""

import asyncio
import os

from courseway.settings import read_settings
from courseway.wiring import build, configure_logging


async def run() -> None:
    """Work until told to stop."""
    settings = read_settings(os.environ)
    configure_logging(settings)
    platform = build(settings)
    await platform.db.open()
    try:
        await platform.queue.run_worker()
    finally:
        await platform.db.close()


def main() -> None:
    """Run the worker."""
    asyncio.run(run())


if __name__ == "__main__":
    main()
