"""Random cron expressions, zones and moments with what cronsim (PyPI) says comes next, for CronReferenceTests.

    python cron_reference.py 2000 1 >cron_reference.txt
    python cron_reference.py 100000 2 >/tmp/cases && BODEGA_CRON_CASES=/tmp/cases …

A line is: zone, moment (seconds since 1970), expression, the next three moments; "-" where there is none, "!" where the
expression is refused.
"""

import random
import signal
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

# Left out is where cronsim 2.8 errs: zones whose clocks have changed by half an hour (Lord Howe, Caracas: it passes half hours
# by) or within an hour (Chatham at a quarter to, St. John's at a minute past: it passes the rest of that hour by), and those in
# which midnight itself was left out (Tehran, Apia, São Paulo, Buenos Aires: it tells times that no clock showed).
ZONES = """UTC Europe/Lisbon Europe/London Europe/Berlin Europe/Dublin Europe/Athens Europe/Moscow Europe/Istanbul
America/New_York America/Chicago America/Los_Angeles America/Phoenix America/Mexico_City
Australia/Sydney Australia/Adelaide Australia/Brisbane Pacific/Auckland
Pacific/Kiritimati Pacific/Honolulu Asia/Kolkata Asia/Kathmandu Asia/Tokyo Asia/Shanghai
Asia/Jerusalem Asia/Dubai Africa/Lagos Africa/Johannesburg America/Nuuk""".split()

RANGES = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 7)]
NAMES = {
    3: "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(),
    4: "SUN MON TUE WED THU FRI SAT".split(),
}


def value(rng, field, number):
    names = NAMES.get(field)
    if names and rng.random() < 0.3 and number - RANGES[field][0] < len(names):
        name = names[number - RANGES[field][0]]
        return rng.choice([name, name.lower(), name.title()])
    return str(number)


def part(rng, field):
    low, high = RANGES[field]
    chance = rng.random()
    if chance < 0.15:
        return f"*/{rng.randint(1, high + 3)}"
    first = rng.randint(low, high)
    if chance < 0.6:
        return value(rng, field, first)
    if chance < 0.65:
        return f"{first}/{rng.randint(1, 20)}"
    last = rng.randint(first, high)
    # Of a range of one value cronsim takes a step to begin there and go on; for Debian's cron it is that value.
    step = f"/{rng.randint(1, 6)}" if last > first and rng.random() < 0.3 else ""
    return f"{value(rng, field, first)}-{value(rng, field, last)}{step}"


def expression(rng):
    stars = rng.choice([0.1, 0.4, 0.7])
    fields = []
    for field in range(5):
        if rng.random() < stars:
            fields.append("*")
        else:
            fields.append(",".join(part(rng, field) for _ in range(rng.choice([1, 1, 1, 2, 3]))))
    return " ".join(fields)


def transitions(zone):
    """Moments around which the clocks change, from 2000 to 2040."""
    found = []
    moment = datetime(2000, 1, 1, tzinfo=timezone.utc)
    before = moment.astimezone(zone).utcoffset()
    while moment.year < 2040:
        moment += timedelta(days=1)
        after = moment.astimezone(zone).utcoffset()
        if after != before:
            found.append(int(moment.timestamp()))
        before = after
    return found


class Endless(Exception):
    pass


def give_up(*_):
    raise Endless


def following(expr, start, zone):
    """None where cronsim looks for ever."""
    found = []
    signal.alarm(2)
    try:
        for moment in CronSim(expr, datetime.fromtimestamp(start, timezone.utc).astimezone(zone)):
            seconds = int(moment.timestamp())
            # A named time that the clocks show twice is told once more when it is asked for in between.
            if seconds > (found[-1] if found else start):
                found.append(seconds)
            if len(found) == 3:
                break
    except CronSimError:
        return "!"
    except Endless:
        return None
    finally:
        signal.alarm(0)
    return " ".join(map(str, found)) or "-"


def main(count, seed):
    signal.signal(signal.SIGALRM, give_up)
    rng = random.Random(seed)
    zones = {name: ZoneInfo(name) for name in ZONES}
    changes = {name: transitions(zone) for name, zone in zones.items()}
    for _ in range(count):
        name = rng.choice(ZONES)
        start = rng.randint(946_684_800, 2_208_988_800)
        if changes[name] and rng.random() < 0.6:
            start = rng.choice(changes[name]) + rng.randint(-90_000, 10_000)
        expr = expression(rng)
        times = following(expr, start, zones[name])
        if times is not None:
            print(name, start, expr, times, sep="\t")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
