"""kill -9 of the daemon and of trainers at random instants, over a queue of small jobs."""

import collections
import signal
import subprocess
import time

from daemon import PATIENCE, Home, history, signal_process
from job import Job

# Jobs that wait or run at any time.
QUEUE = 4
# On a machine that is busy with other things all kills could meet a daemon that has not begun a job yet. Before every
# so many, a trainer has to be there.
BREATH = 10


def kills(workshop, options, dice):
    count = 1000 if options.long else 60
    # Of different lengths and checkpoints, so that kills meet all of their lives.
    jobs = [Job(workshop, seed, epochs, every, cache=seed % 2 == 0)
            for seed, epochs, every in ((1, 40, 7), (2, 15, 3), (3, 4, 1), (4, 80, 50))]
    home = Home(workshop, "kills")
    home.start()
    killed = collections.Counter()
    while killed.total() < count:
        while home.unfinished() < QUEUE:
            number = len(home.dropped)
            home.drop(f"job-{number}.yaml", dice.choice(jobs))
        if killed.total() % BREATH == 0:
            home.wait(home.trainers)
        # Half of them soon after the last: while what it left is being put in order.
        time.sleep(dice.uniform(0, 0.03) if dice.random() < 0.5 else dice.uniform(0, 0.3))
        victim = dice.choice(("daemon", "trainer", "both"))
        if victim != "daemon":
            for process in home.trainers():
                killed["trainer"] += signal_process(process, signal.SIGKILL)
        if victim != "trainer":
            home.kill()
            killed["daemon"] += 1
            home.start()
        if home.daemon.poll() is not None:
            workshop.fail(f"the daemon ended by itself with {home.daemon.returncode}", home.log)
            break
    finish(home)
    status = home.stop()
    if status:
        workshop.fail(f"the daemon ended with status {status}", home.path)
    lost, twice, different = home.check("random kills")
    attempts = sum(1 for run in home.names("runs") for row in history(f"{home.path}/runs/{run}") if row["state"] == "running")
    print(f"random kill -9: {killed['daemon']} of the daemon, {killed['trainer']} of trainers, over {len(home.dropped)} "
          f"jobs in {attempts} attempts: {lost} lost, {twice} run twice, {different} different")


def finish(home):
    """Waits for all jobs. Those that crashed often in a row wait for up to 900 s: they are asked to try again now."""
    end = time.monotonic() + PATIENCE
    while not home.wait(lambda: home.unfinished() == 0, patience=2) and time.monotonic() < end:
        for name in home.names("deferred"):
            subprocess.run([home.workshop.kiln, "retry", name.removesuffix(".yaml"), "--home", home.path],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
