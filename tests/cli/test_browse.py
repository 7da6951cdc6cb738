def test_list_runs_nothing(run, bad):
    result = run("list", bad)
    assert result.exit_code == 0
    assert (
        result.stdout
        == "QB\n  QB1  proved    Theorem QB1\n  QB2  proved    Theorem QB2\n  QB3  proved    Theorem QB3\n"
    )


def test_show_has_statement_steps_fidelity_evidence_and_variants(run, good):
    result = run("show", good)
    assert result.exit_code == 0, result.output
    for part in (
        "QA1  Theorem QA1", "A good module.", "Steps\n  I(X;Y) >= 0    # a reason", "proved: a fake",
        "False variants\n  H(X) <= 0    # X may be random\n      refuted", "coin of 1/2 (nats)",
        "reproduction of a test", "depends on QA1", "cites Lemma B",
        "Evidence: proved, target proved; 20 random instances compared", "Evidence: cited, target cited",
    ):  # fmt: skip
        assert part in result.stdout


def test_show_says_what_is_wrong(run, bad):
    assert "false: a counterexample was found" in run("show", bad).stdout


def test_blame_shows_the_path_and_the_lemmas(run, good, bad):
    out = run("blame", good).stdout
    assert "QA1 is proved; it depends on no other" in out
    assert "it rests on no cited lemma" in out
    assert "QA2 is cited\nweakest: QA2 (cited)\n    I(X;Y) >= 0\ncited: Lemma B, by QA2" in out
    assert "QB3 is refuted\nweakest: QB3 (proved) -> QB1 (refuted)\n    H(X) <= 0" in run("blame", bad).stdout


def test_a_real_theorem_shows_what_breaks_and_what_meets_each_assumption(run):
    out = run("show", "DI2", "--unit", "bits").stdout
    assert "without I(Y^{t-1};X_t|X^{t-1}) = 0 for t=1..n" in out
    assert "some law, not all constant, meets I(Y^{t-1};X_t|X^{t-1}) = 0 for t=1..n" in out
    assert "violation:  [1.000000000 +/- 1e-14] bits" in out
    assert "nats" not in out
    assert "Evidence: proved, target proved" in out
    assert "DI5 is proved, and so is all that it depends on:" in run("blame", "DI5").stdout


def test_unknown_names_exit_2(run):
    for command in ("show", "blame", "list", "verify"):
        result = run(command, "QQ77")
        assert result.exit_code == 2
        assert "no theorem QQ77" in result.stderr
