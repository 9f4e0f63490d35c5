/**
 * How far one distribution is from another, for distributions over finitely many outcomes: the
 * measures between which the five objectives choose. Logarithms are natural, so entropies and
 * divergences are in nats.
 *
 * Every function throws a RangeError for a distribution that is empty, holds something negative or
 * not finite or does not sum to 1 (within 1e-6), and for two distributions of different lengths.
 */

/** Probabilities: none negative, their sum 1. */
export type Distribution = readonly number[];

const SUM_TOLERANCE = 1e-6; // what float32 makes of a softmax

/** H(p) = -Σ p log p, with 0 log 0 = 0. */
export function entropy(p: Distribution): number {
  requireDistribution(p, "p");
  return sum(p.map((pi) => pi === 0 ? 0 : -pi * Math.log(pi)));
}

/** KL(p ‖ q) = Σ p log(p / q): infinite where p has an outcome that q has not. */
export function kullbackLeibler(p: Distribution, q: Distribution): number {
  requirePair(p, q);
  return sum(p.map((pi, i) => pi === 0 ? 0 : pi * Math.log(pi / q[i])));
}

/** JS(p, q) = (KL(p ‖ m) + KL(q ‖ m)) / 2 with m = (p + q) / 2: from 0 to log 2, which disjoint supports reach. */
export function jensenShannon(p: Distribution, q: Distribution): number {
  requirePair(p, q);
  const m = p.map((pi, i) => (pi + q[i]) / 2);
  return (kullbackLeibler(p, m) + kullbackLeibler(q, m)) / 2;
}

/**
 * The discriminator that no other beats when p is the data's distribution and q the generator's:
 * D = p / (p + q) (GAN, arXiv:1406.2661, proposition 1). Where neither has mass any D will do; 1/2 is given.
 */
export function optimalDiscriminator(p: Distribution, q: Distribution): number[] {
  requirePair(p, q);
  return p.map((pi, i) => pi + q[i] === 0 ? 1 / 2 : pi / (pi + q[i]));
}

/**
 * A discriminator's loss -Σ p log D - Σ q log(1 - D), where p is the data's distribution and q the
 * generator's. Its least value, at `optimalDiscriminator(p, q)`, is 2 log 2 - 2 JS(p, q) (GAN,
 * arXiv:1406.2661, theorem 1).
 *
 * Throws a RangeError when D is not one number from 0 to 1 an outcome.
 */
export function discriminatorLoss(p: Distribution, q: Distribution, D: readonly number[]): number {
  requirePair(p, q);
  requireLength(D.length, p.length, "D");
  const odd = D.find((d) => !(d >= 0 && d <= 1));
  if (odd !== undefined) throw new RangeError(`D must hold numbers from 0 to 1, it holds ${odd}`);
  const crossEntropy = (mass: number, said: number) => mass === 0 ? 0 : -mass * Math.log(said);
  return sum(D.map((d, i) => crossEntropy(p[i], d) + crossEntropy(q[i], 1 - d)));
}

export interface MovePlan {
  /** Σ plan · cost: no plan with these marginals costs less. */
  readonly distance: number;
  /** `plan[i][j]` is moved from outcome i of p to outcome j of q: rows sum to p, columns to q. */
  readonly plan: readonly (readonly number[])[];
}

/**
 * The earth mover's (Wasserstein-1) distance: the least cost of turning p into q where moving mass
 * from i to j costs `cost[i][j]` a unit (WGAN, arXiv:1701.07875, section 2). p and q may have
 * different lengths here.
 *
 * The transportation problem is solved exactly by successive shortest paths (Ahuja, Magnanti and
 * Orlin, "Network Flows", 1993, section 9.7): mass goes along the cheapest path, which may undo
 * earlier moves, until all of it has gone. Throws a RangeError when `cost` has another shape or
 * holds something negative or not finite.
 */
export function earthMover(
  p: Distribution,
  q: Distribution,
  cost: readonly (readonly number[])[],
): MovePlan {
  requireDistribution(p, "p");
  requireDistribution(q, "q");
  requireCost(cost, p.length, q.length);
  const supply = [...p];
  const demand = [...q];
  const plan = p.map(() => q.map(() => 0));
  // Node i is an outcome of p, node p.length + j one of q. Potentials keep every reduced cost at 0 or above.
  const potential = new Array<number>(p.length + q.length).fill(0);

  while (supply.some((mass) => mass > 0) && demand.some((mass) => mass > 0)) {
    const path = cheapestPath(supply, demand, plan, cost, potential);
    const edges = path.slice(1).map((to, k) => ({ from: path[k], to }));
    const backward = edges.filter(({ from, to }) => from > to);
    const [source, sink] = [path[0], path[path.length - 1] - p.length];
    const mass = Math.min(
      supply[source],
      demand[sink],
      ...backward.map(({ from, to }) => plan[to][from - p.length]),
    );
    for (const { from, to } of edges) {
      if (from < to) plan[from][to - p.length] += mass;
      else plan[to][from - p.length] -= mass;
    }
    supply[source] -= mass;
    demand[sink] -= mass;
  }
  return { distance: sum(plan.flatMap((row, i) => row.map((mass, j) => mass * cost[i][j]))), plan };
}

/**
 * Dijkstra's algorithm from every outcome of p that has mass left to the nearest of q that lacks
 * some, over edges i -> j, and j -> i where plan[i][j] > 0. Raises the potentials by the distances.
 */
function cheapestPath(
  supply: readonly number[],
  demand: readonly number[],
  plan: readonly (readonly number[])[],
  cost: readonly (readonly number[])[],
  potential: number[],
): number[] {
  const [rows, nodes] = [supply.length, supply.length + demand.length];
  const distance = potential.map((_, node) => supply[node] > 0 ? 0 : Infinity);
  const previous = new Array<number>(nodes).fill(-1);
  const open = new Set(distance.keys());
  for (;;) {
    let nearest = -1;
    for (const node of open) {
      if (nearest < 0 || distance[node] < distance[nearest]) nearest = node;
    }
    if (nearest >= rows && demand[nearest - rows] > 0) {
      for (let node = 0; node < nodes; node++) {
        potential[node] += Math.min(distance[node], distance[nearest]);
      }
      const path = [nearest];
      while (previous[path[0]] >= 0) path.unshift(previous[path[0]]);
      return path;
    }
    open.delete(nearest);
    for (const node of open) {
      const length = edgeLength(nearest, node);
      if (distance[nearest] + length >= distance[node]) continue;
      distance[node] = distance[nearest] + length;
      previous[node] = nearest;
    }
  }

  function edgeLength(from: number, to: number): number {
    if (from < rows && to >= rows) { // rounding may leave a reduced cost a hair below 0
      return Math.max(0, cost[from][to - rows] + potential[from] - potential[to]);
    }
    return from >= rows && to < rows && plan[to][from - rows] > 0 ? 0 : Infinity;
  }
}

function requirePair(p: Distribution, q: Distribution): void {
  requireDistribution(p, "p");
  requireDistribution(q, "q");
  requireLength(q.length, p.length, "q");
}

function requireDistribution(p: Distribution, name: string): void {
  if (p.length === 0) throw new RangeError(`${name} must hold at least one probability`);
  const odd = p.find((pi) => !(pi >= 0 && pi < Infinity));
  if (odd !== undefined) {
    throw new RangeError(`${name} must hold no negative probability, it holds ${odd}`);
  }
  const total = sum(p);
  if (Math.abs(total - 1) > SUM_TOLERANCE) {
    throw new RangeError(`${name} must sum to 1, it sums to ${total}`);
  }
}

function requireCost(cost: readonly (readonly number[])[], rows: number, columns: number): void {
  if (cost.length !== rows || cost.some((row) => row.length !== columns)) {
    const found = `${cost.length} rows of ${[...new Set(cost.map((row) => row.length))]}`;
    throw new RangeError(`cost must be ${rows} rows of ${columns} numbers, it is ${found}`);
  }
  const odd = cost.flat().find((c) => !(c >= 0 && c < Infinity));
  if (odd !== undefined) {
    throw new RangeError(`cost must hold finite numbers, none negative; it holds ${odd}`);
  }
}

function requireLength(found: number, expected: number, name: string): void {
  if (found === expected) return;
  throw new RangeError(`${name} must hold ${expected} numbers as p does, it holds ${found}`);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
