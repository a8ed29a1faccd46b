"""A `kilnd` on a home of its own, with things happening to it and to its trainers."""

import json
import os
import signal
import subprocess
import time

import tracing

FINAL = ("done", "failed", "cancelled")
STATES = ("queued", "running", "deferred", "held") + FINAL
PATIENCE = 60  # Seconds; far more than anything here takes.


class Home:
    def __init__(self, workshop, name, beneath=None, path=None):
        self.workshop = workshop
        self.path = path or (f"{beneath}/home" if beneath else workshop.fresh(name))
        self.log = f"{beneath or self.path}.log"
        self.dropped = {}  # by name in incoming/
        self.daemon = self.tracer = None
        self.options = []  # More settings of the daemon.
        os.makedirs(f"{self.path}/incoming", exist_ok=True)

    def start(self, trace=None):
        """Starts a daemon, traced from the moment at which it is loaded if there are arguments for strace."""
        kiln = Gate(self) if trace else None
        command = [
            self.workshop.kilnd, "--home", self.path, "--data-root", self.workshop.data, "--quiet", "0.05", "--grace", "20",
            "--retry-after", "0.05", "--crashes", "1000000", "--reserve", "0", *self.options,
            *(kiln.options if kiln else ["--kiln", self.workshop.kiln]),
        ]
        with open(self.log, "ab") as log:
            self.log_start = log.tell()
            self.daemon = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        if kiln:
            kiln.wait(self.daemon)
            self.tracer = tracing.attach(self.daemon, trace)
            kiln.open()

    def drop(self, name, job):
        """Puts a job into incoming/, as `mv` does: it appears whole."""
        with open(f"{self.path}/.{name}", "w") as file:
            file.write(job.text)
        os.rename(f"{self.path}/.{name}", f"{self.path}/incoming/{name}")
        self.dropped[name] = job

    def stop(self):
        """SIGTERM; returns the exit status."""
        # Before it serves, a daemon has no ear for signals yet. One that cannot write does not say that it serves.
        self.wait(self.serves, patience=1)
        if self.daemon.poll() is None:
            self.daemon.terminate()
        status = self.daemon.wait(PATIENCE)
        if self.tracer:
            tracing.ended(self.tracer)
            self.tracer = None
        return status

    def serves(self):
        with open(self.log, "rb") as log:
            log.seek(self.log_start)
            return b"serving" in log.read()

    def kill(self):
        self.daemon.kill()
        self.daemon.wait()

    def trainers(self):
        return processes(f"\0--output\0{self.path}/runs/")

    def names(self, state):
        try:
            return [name for name in os.listdir(f"{self.path}/{state}") if not name.startswith(".")]
        except FileNotFoundError:
            return []

    def unfinished(self):
        """How many dropped files are not in a final state."""
        return len(self.dropped) - sum(len(self.names(state)) for state in FINAL)

    def wait(self, condition, patience=PATIENCE):
        """Looks until something is true or the daemon is gone; returns whether it is true."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if condition():
                return True
            if self.daemon.poll() is not None:
                return condition()
            time.sleep(0.005)
        return False

    def check(self, words):
        """Every dropped file became one job, which is done, was done once, and has the bytes of the undisturbed run.

        Returns how many were lost, run twice and otherwise.
        """
        lost = twice = different = 0
        runs = {}
        for run in self.names("runs"):
            rows = history(f"{self.path}/runs/{run}")
            dropped = next((row["dropped"] for row in rows if row.get("dropped")), None)
            runs.setdefault(dropped, []).append((run, rows))
        for name, job in self.dropped.items():
            found = runs.pop(name, [])
            states = [state for run, _ in found for state in STATES if f"{run}.yaml" in self.names(state)]
            completions = sum(row["state"] == "done" for _, rows in found for row in rows)
            if states != ["done"]:
                lost += 1
                self.workshop.fail(f"{words}: {name} is in {states or 'no state'}", self.path)
            if len(found) > 1 or completions > 1:
                twice += 1
                self.workshop.fail(f"{words}: {name} was done {completions} times in {len(found)} runs", self.path)
            for run, _ in found if "done" in states else ():
                differences = job.differences(f"{self.path}/runs/{run}")
                different += bool(differences)
                for difference in differences:
                    self.workshop.fail(f"{words}: {run}: {difference}", self.path)
        for name in runs:
            twice += 1
            self.workshop.fail(f"{words}: a run of {name} that nobody dropped", self.path)
        for state in ("incoming", "requests", "rejected"):
            if self.names(state):
                self.workshop.fail(f"{words}: {self.names(state)} left in {state}/", self.path)
        return lost, twice, different


class Gate:
    """A `kiln` that a daemon asks for its settings, and that answers when it is opened: until then the daemon waits, loaded."""

    def __init__(self, home):
        self.path = f"{home.path}.gate"
        if not os.path.exists(self.path):
            os.mkfifo(self.path)
            for name, text in (("yaml", "jobs: 1\n"), ("sh", GATE.format(gate=self.path, kiln=home.workshop.kiln))):
                with open(f"{self.path}.{name}", "w", encoding="utf-8") as file:
                    file.write(text)
            os.chmod(f"{self.path}.sh", 0o755)
        self.options = ["--config", f"{self.path}.yaml", "--kiln", f"{self.path}.sh"]

    def wait(self, daemon):
        """Returns when the daemon asks."""
        while daemon.poll() is None:
            try:
                self.bolt = os.open(self.path, os.O_WRONLY | os.O_NONBLOCK)
                return
            except OSError:  # Nobody reads yet.
                time.sleep(0.001)
        raise SystemExit(f"the daemon ended with status {daemon.returncode} before it asked for its settings")

    def open(self):
        os.close(self.bolt)


GATE = """\
#!/bin/sh
[ "$1" != settings ] || cat {gate}
exec {kiln} "$@"
"""


def history(run):
    """The rows of a run's history; a crash may have torn a line."""
    rows = []
    try:
        with open(f"{run}/history.jsonl", "rb") as file:
            for line in file:
                try:
                    rows.append(json.loads(line))
                except ValueError:
                    continue
    except FileNotFoundError:
        pass
    return rows


def processes(marker):
    """The processes with this in their command line, arguments parted by NUL."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/cmdline", "rb") as file:
                    line = file.read().decode(errors="replace")
            except OSError:
                continue
            if marker in line:
                found.append(int(name))
    return found


def signal_process(process, number):
    try:
        os.kill(process, number)
        return True
    except ProcessLookupError:
        return False
