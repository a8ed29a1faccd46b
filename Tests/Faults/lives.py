"""Lives of a job, to be lived under strace: from its drop or submission to its end.

    python3 lives.py LIFE PROGRAMS DATA HOME JOB

Run as a program, so that strace follows everybody who has a part in it.
"""

import os
import subprocess
import sys
import types

from daemon import Home

# Beside the home: a file that is made when the submission has returned.
RETURNED = ".returned"
# What the daemon says at the moment from which on a dropped file is its business.
ACCEPTED = b" accepted from incoming/"


def plain(home, job, path):
    """A file is dropped, as `mv` does it, which syncs nothing; it is trained; the daemon stops."""
    home.drop("small.yaml", job)
    home.start()
    end(home)


def paused(home, job, path):
    """The same, but the daemon is told to stop in the middle of the training, and another one goes on."""
    home.drop("small.yaml", job)
    home.start()
    home.wait(lambda: os.path.lexists(f"{home.path}/runs/000001-small/latest"))
    if home.stop() or not home.unfinished():
        raise SystemExit("the job was done before it could be paused")
    home.start()
    end(home)


def submitted(home, job, path):
    """`kiln submit` to a daemon that runs."""
    home.start()
    home.wait(home.serves)
    home.dropped["small.yaml"] = job
    subprocess.run(
        [home.workshop.kiln, "submit", "--home", home.path, path], stdout=subprocess.DEVNULL, check=True)
    os.close(os.open(home.path + RETURNED, os.O_CREAT | os.O_WRONLY))
    end(home)


def end(home):
    home.wait(lambda: home.unfinished() == 0)
    if home.stop() or home.unfinished():
        raise SystemExit(f"the recorded life did not end well, see {home.log}")


LIVES = {"plain": plain, "paused": paused, "submitted": submitted}

if __name__ == "__main__":
    life, programs, data, path, job = sys.argv[1:]
    workshop = types.SimpleNamespace(kiln=f"{programs}/kiln", kilnd=f"{programs}/kilnd", data=data)
    with open(job, encoding="utf-8") as file:
        LIVES[life](Home(workshop, life, path=path), types.SimpleNamespace(text=file.read()), job)
