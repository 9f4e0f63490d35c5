/** The calls of a run in the order they are made, as kernels/assembly/sampler_program.ts reads them. */

import type { Table } from "./run_table.ts";

type Kernel = typeof KERNELS[number];

/** A kernel over items, 0 to items(count) − 1, of `count` images. */
export interface ProgramStep {
  readonly kernel: Kernel;
  /** Of its description: the words that the kernel's file in kernels/assembly/ lists. */
  readonly address: number;
  /** Images whose items read the same filters from near: more of them at once are no faster. */
  readonly group: number;
  items(count: number): number;
}

/** The kernel for items from 0, with these arguments. */
interface Call {
  readonly kernel: Kernel | "computeList";
  readonly items: number;
  readonly address: number;
  readonly image: number;
  readonly images: number;
}

/** In the order of kernels/assembly/sampler_program.ts, as is what follows. */
const KERNELS = ["computeLayer", "spreadBlocks", "computeBlocks", "computeImage"] as const;
const LIST = KERNELS.length;
/** Words of a table before the calls, of a call, and of a thread's count in it. */
const HEAD = 16, CALL = 32, COUNT = 16;
/** Words of lists before their calls, and of such a call. */
const LIST_HEAD = 16, LIST_CALL = 16;
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
  const calls = callsOf(steps, count, threads, put);
  const words = new Int32Array(HEAD + calls.length * (CALL + threads * COUNT));
  words.set([calls.length, threads]);
  calls.forEach((call, i) => words.set(wordsOf(call), HEAD + i * (CALL + threads * COUNT)));
  return { address: put(words), calls: calls.length };
}

function callsOf(
  steps: readonly ProgramStep[],
  count: number,
  threads: number,
  put: (words: Int32Array) => number,
): Call[] {
  const groupsOf = ({ group }: ProgramStep) => Math.ceil(count / group);
  const first = steps.findIndex((step) => groupsOf(step) >= GROUPS_PER_THREAD * threads);
  if (first === -1) return depthFirst(steps, 0, count);
  const { group } = steps[first];
  const lists = Array.from({ length: groupsOf(steps[first]) }, (_, i) => {
    const image = i * group;
    return depthFirst(steps.slice(first), image, Math.min(group, count - image));
  });
  const list: Call = {
    kernel: "computeList",
    items: lists.length,
    address: put(wordsOfLists(lists)),
    image: 0,
    images: count,
  };
  return [...depthFirst(steps.slice(0, first), 0, count), list];
}

/** What a step gives a group of images is still in the cache when the next step reads it. */
function depthFirst(steps: readonly ProgramStep[], first: number, count: number): Call[] {
  if (steps.length === 0) return [];
  const [{ kernel, address, group, items }, ...later] = steps;
  const calls: Call[] = [];
  for (let image = first; image < first + count; image += group) {
    const images = Math.min(group, first + count - image);
    calls.push({ kernel, items: items(images), address, image, images });
    calls.push(...depthFirst(later, image, images));
  }
  return calls;
}

/** Lists of as many calls each; a shorter one ends with calls of no items. */
function wordsOfLists(lists: readonly Call[][]): Int32Array {
  const most = Math.max(...lists.map((calls) => calls.length));
  const words = new Int32Array(LIST_HEAD + lists.length * most * LIST_CALL);
  words[0] = most;
  lists.forEach((calls, i) =>
    calls.forEach((call, k) => words.set(wordsOf(call), LIST_HEAD + (i * most + k) * LIST_CALL))
  );
  return words;
}

function wordsOf({ kernel, items, address, image, images }: Call): number[] {
  const number = kernel === "computeList" ? LIST : KERNELS.indexOf(kernel);
  return [number, items, address, image, images];
}
