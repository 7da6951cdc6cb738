import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor

import pytest

from semtheory.errors import InputError, SemtheoryError
from semtheory.experiments.runs import run_configuration
from semtheory.experiments.store import LEASE, Store
from semtheory.experiments.sweeping import cluster, grid, sweep, workers

SCRIPT = """
import sys
from semtheory.experiments.store import Store
from semtheory.experiments.sweeping import sweep, workers
from tests.experiments.test_sweeping import RUNS, slow

if __name__ == "__main__":
    with Store(sys.argv[1]) as store, workers(2) as pool:
        swept = sweep(RUNS, store, pool, ahead=4, perform=slow)
    print(swept.made, swept.found)
"""
RUNS = [{"run": number} for number in range(40)]


def slow(configuration):
    """A stand-in for a run: a few milliseconds, a result that its configuration fixes; it leaves a trace."""
    time.sleep(0.05)
    if "TRACES" in os.environ:
        with open(os.environ["TRACES"], "a") as file:
            file.write(f"{configuration['run']}\n")
    return {"excess": random.Random(configuration["run"]).random()}


def fails_at_three(configuration):
    if configuration["run"] == 3:
        raise SemtheoryError("the loss is nan at step 2")
    if configuration["run"] == 4:
        raise ZeroDivisionError("oh")
    return slow(configuration)


def test_every_combination_once():
    runs = grid(
        ["mess3", "mess3(0.05,0.85)", "rrxor"], ["transformer", "mamba-2"], range(2), {"width": [8, 16]}, steps=1
    )
    assert len(runs) == 2 * 2 * 2 * 2
    assert {run["architecture"] for run in runs} == {"Transformer", "Mamba2"}
    assert {run["sizes"]["vocabulary"] for run in runs} == {2, 3}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"architecture": "Transfomer"}, "did you mean Transformer"),
        ({"source": "mes3"}, "did you mean mess3"),
        ({"widht": 3}, "did you mean width"),
        ({"steps": 0}, "at least 1"),
        ({"learning_rate": 0}, "between 0 and 1"),
    ],
)
def test_configurations_are_checked(arguments, message):
    with pytest.raises(InputError, match=message):
        run_configuration(**arguments)


def test_what_is_there_is_not_made_again(tmp_path):
    with Store(tmp_path / "s") as store, ThreadPoolExecutor(2) as pool:
        first = sweep(RUNS[:10], store, pool, perform=slow)
        seen = []
        second = sweep(RUNS[:15], store, pool, perform=slow, progress=lambda *numbers: seen.append(numbers))
    assert (first.made, first.found, second.made, second.found) == (10, 0, 5, 10)
    assert second.results[:10] == first.results
    assert (seen[0], seen[-1], len(seen)) == ((10, 15), (15, 15), 6)


def test_a_run_that_fails_is_told_and_the_others_go_on(tmp_path):
    with Store(tmp_path / "s") as store, ThreadPoolExecutor(2) as pool:
        swept = sweep(RUNS[:6], store, pool, perform=fails_at_three)
        assert (swept.made, len(store)) == (4, 4)
    assert {why for _, why in swept.failed} == {"the loss is nan at step 2", "ZeroDivisionError: oh"}
    assert swept.results[3] is None


def start(tmp_path, store, traces="traces"):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    env = {**os.environ, "PYTHONPATH": os.getcwd(), "TRACES": str(tmp_path / traces)}
    return subprocess.Popen(
        [sys.executable, str(script), str(tmp_path / store)], stdout=subprocess.PIPE, text=True, env=env
    )


def traced(file):
    return len(file.read_text().split()) if file.exists() else 0


def test_killed_five_times_it_ends_as_if_undisturbed(tmp_path):
    chance, kept = random.Random(1), 0
    for attempt in range(5):  # each leaves its traces in a file of its own: a worker may outlive its parent by one run
        with start(tmp_path, "killed", f"traces{attempt}") as process:
            wanted = chance.randint(1, 4)
            while traced(tmp_path / f"traces{attempt}") < wanted and process.poll() is None:
                time.sleep(0.002)
            time.sleep(chance.uniform(0, 0.03))
            process.send_signal(signal.SIGKILL)
        with Store(tmp_path / "killed") as store:
            assert len(store) >= kept  # nothing is lost
            kept = len(store)
    assert 0 < kept < 40  # or nothing was tried
    process = start(tmp_path, "killed", "last")
    out, _ = process.communicate(timeout=300)
    assert process.returncode == 0
    made, found = map(int, out.split())
    assert (found, made + found) == (kept, 40)  # nothing is repeated
    repeated = [int(line) for line in (tmp_path / "last").read_text().split()]
    assert len(repeated) == len(set(repeated)) == made
    with Store(tmp_path / "killed") as store:
        assert {c["run"]: r for c, r in store} == {run["run"]: slow(run) for run in RUNS}


def test_two_sweeps_share_a_store(tmp_path):
    both = [start(tmp_path, "shared") for _ in range(2)]
    outs = [process.communicate(timeout=300)[0].split() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sum(int(made) for made, _ in outs) == 40  # each result is kept once
    assert all(int(made) + int(found) == 40 for made, found in outs)
    performed = [int(line) for line in (tmp_path / "traces").read_text().split()]
    assert sorted(performed) == list(range(40))  # and made once: the second helps the first
    with Store(tmp_path / "shared") as store:
        assert {c["run"]: r for c, r in store} == {run["run"]: slow(run) for run in RUNS}


def dies_at_three(configuration):
    if configuration["run"] == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return slow(configuration)


def dies_once(configuration):
    mark = os.environ["MARK"]
    if configuration["run"] == 3 and not os.path.exists(mark):
        open(mark, "w").close()
        os.kill(os.getpid(), signal.SIGKILL)
    return slow(configuration)


def test_a_killed_worker_costs_its_own_run_at_most(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.getcwd())
    monkeypatch.setenv("MARK", str(tmp_path / "mark"))
    with Store(tmp_path / "once") as store, workers(2) as pool:
        swept = sweep(RUNS[:8], store, pool, perform=dies_once)
    assert (swept.made, swept.failed) == (8, ())
    with Store(tmp_path / "always") as store, workers(2) as pool:
        swept = sweep(RUNS[:8], store, pool, perform=dies_at_three)
    assert swept.made == 7
    assert [(c["run"], "ended abruptly" in why) for c, why in swept.failed] == [(3, True)]


def test_an_executor_that_is_broken_for_good_ends_in_failures(tmp_path):
    class Broken(ThreadPoolExecutor):
        def submit(self, *_args, **_named):
            raise BrokenExecutor("gone")

    with Store(tmp_path / "s") as store, Broken(1) as pool:
        swept = sweep(RUNS[:3], store, pool, perform=slow)
    assert (swept.made, len(swept.failed)) == (0, 3)


def test_interrupted_it_keeps_what_is_done_and_ends_at_once(tmp_path):
    begun = time.monotonic()

    def stop(done, _of):
        if done == 2:
            time.sleep(0.3)  # others end meanwhile
            raise KeyboardInterrupt

    with Store(tmp_path / "s") as store:
        with pytest.raises(KeyboardInterrupt), ThreadPoolExecutor(2) as pool:
            sweep(RUNS, store, pool, ahead=6, perform=slow, progress=stop)
        assert len(store) > 2
        assert store.claim(RUNS[-1])  # nothing stays claimed
    assert time.monotonic() - begun < 20


def test_a_claim_is_free_when_its_process_is_gone_or_its_time_is_over(tmp_path, monkeypatch):
    with Store(tmp_path / "s") as one, Store(tmp_path / "s") as two:
        assert one.claim(RUNS[0])
        assert one.claim(RUNS[0])  # again: renewed
        assert not two.claim(RUNS[0])
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now + LEASE + 1)
        assert two.claim(RUNS[0])
        two.release(RUNS[0])
        assert one.claim(RUNS[0])
        one.add(RUNS[0], {"excess": 1.0})
        assert not two.claim(RUNS[0])  # there is a result
        with subprocess.Popen([sys.executable, "-c", ""]) as ended:
            pass
        one._owner = one._owner.replace(f":{os.getpid()}:", f":{ended.pid}:")
        assert one.claim(RUNS[1])
        assert two.claim(RUNS[1])


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::UserWarning")
def test_a_dask_cluster_gives_the_same(tmp_path):
    distributed = pytest.importorskip("distributed", reason="needs distributed: pip install 'semtheory[cluster]'")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None) as local,
        Store(tmp_path / "s") as store,
        cluster(local.scheduler_address) as executor,
    ):
        swept = sweep(RUNS, store, executor, ahead=16, perform=slow)
    assert swept.results == tuple(slow(run) for run in RUNS)
    assert swept.made == 40


def test_a_cluster_that_is_not_there():
    pytest.importorskip("distributed")
    with pytest.raises(SemtheoryError, match="expected the address of a Dask scheduler"), cluster("nonsense://x"):
        pass
