/** The calls of a run in the order they are made, as kernels/assembly/sampler_program.ts reads them. */

import type { Table } from "./run_table.ts";

/** A kernel over items, 0 to items(count) − 1, of `count` images. */
export interface ProgramStep {
  readonly kernel: typeof KERNELS[number];
  /** Of its description: the words that the kernel's file in kernels/assembly/ lists. */
  readonly address: number;
  /** Images whose items read the same filters from near: more of them at once are no faster. */
  readonly group: number;
  items(count: number): number;
}

/** A kernel's number, its items, its description's address, the first image and how many. */
type Call = [kernel: number, items: number, address: number, image: number, images: number];

/** In the order of kernels/assembly/sampler_program.ts, as is what follows. */
const KERNELS = ["computeLayer", "spreadBlocks", "computeBlocks", "computeImage"] as const;
const LIST = KERNELS.length;
/** Words of a table before the calls, of a call, and of a thread's count in it. */
const HEAD = 16, CALL = 32, COUNT = 16;
/**
 * From the first layer on that takes so many groups of images for each thread, a group is one item: they end
 * about together, though a thread come late.
 */
const GROUPS_PER_THREAD = 4;

/** Writes by `put`, which gives addresses, the calls that make `count` images on `threads` threads. */
export function writeTable(
  steps: readonly ProgramStep[],
  count: number,
  threads: number,
  put: (words: Int32Array) => number,
): Table {
  const size = CALL + threads * COUNT;
  const least = GROUPS_PER_THREAD * threads;
  const index = steps.findIndex(({ group }) => Math.ceil(count / group) >= least);
  const shared = index < 0 ? steps : steps.slice(0, index);
  const calls = callsOf(shared, 0, count);
  let own: Call[] = [];
  let each = 0;
  if (index >= 0) {
    const { group } = steps[index];
    own = callsOf(steps.slice(index), 0, count);
    each = callsOf(steps.slice(index), 0, Math.min(group, count)).length;
    calls.push([LIST, Math.ceil(count / group), each, size * 4, 0]);
  }
  // The last list may be shorter: it ends with calls of no items.
  const words = new Int32Array(HEAD + (calls.length + own.length + each) * size);
  words.set([calls.length, threads]);
  [...calls, ...own].forEach((call, i) => words.set(call, HEAD + i * size));
  return { address: put(words), calls: calls.length };
}

/** Depth first: what a step gives a group of images is still in the cache when the next step reads it. */
function callsOf(steps: readonly ProgramStep[], first: number, count: number): Call[] {
  if (steps.length === 0) return [];
  const [{ kernel, address, group, items }, ...later] = steps;
  const calls: Call[] = [];
  for (let image = first; image < first + count; image += group) {
    const images = Math.min(group, first + count - image);
    calls.push([KERNELS.indexOf(kernel), items(images), address, image, images]);
    calls.push(...callsOf(later, image, images));
  }
  return calls;
}
