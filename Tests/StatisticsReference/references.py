#!/usr/bin/env python3
"""Prints the values that the tests of Statistics hold, computed by others.

    pip install numpy scipy scikit-learn statsmodels lifetimes
    python3 Tests/StatisticsReference/references.py [cdnow_customers_summary_with_transactions.csv]
"""
import sys
import warnings

import numpy as np
import scipy.special as sc
import scipy.stats as st
from sklearn.linear_model import LogisticRegression
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

warnings.filterwarnings("ignore")


def show(name, *values):
    print(f"{name}: " + ", ".join(f"{np.ravel(v)[0]:.17g}" for v in values))


for x in (0.01, 0.5, 1.0, 1.5, 2.0, 3.7, 9.99, 10.0, 55.5, 1e6):
    show(f"gamma {x}", sc.gammaln(x), sc.digamma(x), sc.polygamma(1, x))
for a, b, c, z in ((0.5, 1.5, 2.5, 0.3), (2.24, 4.4, 4.2, 0.6), (7.2, 9.4, 9.2, 0.9), (0.2, 0.3, 3.0, 0.95)):
    show(f"hyp2f1 {a} {b} {c} {z}", sc.hyp2f1(a, b, c, z))
for s, x in ((0.5, 5.414), (1.5, 0.2), (3.0, 10.0), (0.5, 1e-4)):
    show(f"gammaincc {s} {x}", sc.gammaincc(s, x))
for p in (1e-12, 0.001, 0.025, 0.3, 0.5, 0.8, 0.95, 0.9999):
    show(f"norm.ppf {p}", st.norm.ppf(p))
show("norm.cdf", *st.norm.cdf([-3.5, -1, 0, 0.3, 2]))
z90, z95 = st.norm.ppf(0.95), st.norm.ppf(0.975)
for k, n in ((0, 10), (3, 10), (10, 10), (17, 250), (1, 1)):
    show(f"wilson {k}/{n} 0.95", *proportion_confint(k, n, 0.05, "wilson"))
    show(f"wilson {k}/{n} 0.90", *proportion_confint(k, n, 0.10, "wilson"))
for a, b, c, d in ((56, 70, 48, 80), (9, 10, 3, 10), (0, 20, 0, 10), (512, 9000, 41, 1000)):
    show(f"newcombe {a}/{b} {c}/{d}", *confint_proportions_2indep(a, b, c, d, "newcomb", "diff", 0.05))
for w in ([1, 1, 1, 1], [5, 3, 2], [0.5, 0.25, 0.125, 0.125], [7]):
    h = st.entropy(w)
    show(f"entropy {w}", h, np.exp(h))
show("chisquare", st.chisquare([9120, 880], [9000, 1000]).pvalue, st.chisquare([9010, 990], [9000, 1000]).pvalue,
     st.chisquare([30, 14, 34, 45], np.array([1, 1, 1, 1]) * 123 / 4).pvalue)
show("quantile", *np.quantile([1, 2, 4, 8, 16, 32], [0, 0.1, 0.25, 0.5, 0.75, 1]))


def noise(rows, columns):
    """The linear congruential numbers that the Swift tests make as well."""
    state, values = 12345, np.empty(rows * columns)
    for i in range(rows * columns):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        values[i] = (state >> 11) / 2.0**53
    return values.reshape(rows, columns)


data = noise(400, 5)
x, y = data[:, :4] * [1, 10, 100, 1] + [0, 5, -50, 3], None
y = data[:, 4] < 1 / (1 + np.exp(-(3 * data[:, 0] + 1.5 * data[:, 1] + 0.3 * data[:, 2] - 2 * data[:, 3] - 1)))
standard = (x - x.mean(0)) / x.std(0)


def logistic(columns):
    m = LogisticRegression(C=1.0, tol=1e-12, max_iter=10000, solver="newton-cholesky").fit(standard[:, columns], y)
    show(f"logistic {columns}", m.intercept_[0], *m.coef_[0])
    return m


logistic([0, 1, 2, 3])
m = logistic([0, 1, 2])


def platt(q):
    """Lin, Lin and Weng's loss with Platt's targets."""
    hits = y.sum()
    t = np.where(y, (hits + 1) / (hits + 2), 1 / (len(y) - hits + 2))
    f = q[0] * odds + q[1]
    return (np.logaddexp(0, f) - t * f).sum()


from scipy.optimize import minimize

odds = 2.5 * m.decision_function(standard[:, :3]) + 0.4
best = minimize(platt, [1, 0], method="Nelder-Mead", options=dict(xatol=1e-12, fatol=1e-14, maxiter=10000))
show("platt", *best.x)
show("log-odds of rows 0..4", *odds[:5])

if len(sys.argv) > 1:
    import pandas as pd
    from lifetimes import BetaGeoFitter, GammaGammaFitter

    d = pd.read_csv(sys.argv[1])
    f = BetaGeoFitter().fit(d["x"], d["t_x"], d["T"])
    show("BG/NBD", *f.params_[["r", "alpha", "a", "b"]])
    show("log-likelihood", f._negative_log_likelihood(np.log(f.params_.values), d["x"].values, d["t_x"].values,
                                                     d["T"].values, np.ones(len(d)), 0) * -len(d))
    g = GammaGammaFitter().fit(d["x"][d["x"] > 0], d["zbar"][d["x"] > 0])
    show("Gamma-Gamma", *g.params_[["p", "q", "v"]])
    f.params_ = pd.Series(dict(r=0.2426, alpha=4.4135, a=0.7929, b=2.4258))
    g.params_ = pd.Series(dict(p=6.249, q=3.745, v=15.448))
    for x, tx, t, z in ((0, 0, 38.86, 0), (1, 1.71, 38.86, 11.77), (2, 30.43, 38.86, 22.35), (29, 37.0, 38.0, 40.0), (7, 10.0, 60.0, 3.5)):
        show(f"customer {x} {tx} {t} {z}", f.conditional_probability_alive(x, tx, t),
             f.conditional_expected_number_of_purchases_up_to_time(13, x, tx, t),
             f.conditional_expected_number_of_purchases_up_to_time(52, x, tx, t),
             g.conditional_expected_average_profit(pd.Series([x]), pd.Series([z])).iloc[0])
