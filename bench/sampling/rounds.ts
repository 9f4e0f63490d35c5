/**
 * Times several programs in turn, so that a busy machine is busy for all of them: the ratios within a
 * round are what to trust. Runs in Deno and in a page.
 */

/** What computes images. The slow ones have not a turn in every round. */
export interface Contender {
  name: string;
  /** Has its turn in one round of so many. */
  every: number;
  run(): Promise<unknown>;
}

/** Milliseconds by contender, in the order of the rounds; NaN where it had no turn. */
export type Times = Record<string, number[]>;

export interface Rounds {
  /** At most, and at least though `seconds` be over. */
  most: number;
  least: number;
  seconds: number;
  /** Milliseconds from anywhere: what the wall's clock says unless told. */
  clock?: () => number;
}

export async function timeRounds(
  contenders: readonly Contender[],
  { most, least, seconds, clock = () => performance.now() }: Rounds,
): Promise<Times> {
  for (const { run } of contenders) await run(); // compiles
  for (const { run, every } of contenders) if (every === 1) await run();
  const times: Times = Object.fromEntries(contenders.map(({ name }) => [name, []]));
  const end = performance.now() + 1000 * seconds;
  for (let round = 0; round < most && (round < least || performance.now() < end); round++) {
    for (const { name, every, run } of contenders) {
      const start = clock();
      if (round % every === 0) await run();
      times[name].push(round % every === 0 ? clock() - start : NaN);
    }
  }
  return times;
}
