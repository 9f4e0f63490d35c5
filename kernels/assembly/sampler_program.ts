/**
 * A whole run in one call on each thread: the steps of a table that sampler/wasm/table.ts writes, one
 * after the other. Threads wait in here for a step's last item: handing each step out from JavaScript took
 * longer than a small generator's layers do. A thread that comes late, or never, is not waited for: only what
 * it took. Each begins with a part of the items that is its own, next to one another, and then helps the
 * others: so filters stay in its cache, and few cache lines are written by two. Of many images a thread takes
 * one after the other, from the middle layers to the end: then it waits for nobody and shares nothing.
 */
import { computeBlocks, spreadBlocks } from "./sampler_blocks.ts";
import { computeImage } from "./sampler_image.ts";
import { computeLayer } from "./sampler_layer.ts";

/** Bytes from the table's address. */
const CALLS: usize = 0; // how many
const THREADS: usize = 4;
const SLEEPERS: usize = 8; // threads that sleep until a step is done
const HEAD_BYTES: usize = 64;

/** A call: bytes from its address. What threads count lies in cache lines of its own. */
const KERNEL: usize = 0; // which of compute()'s
const ITEMS: usize = 4;
const STEP: usize = 8; // address of its description
const IMAGE: usize = 12; // the first of
const IMAGES: usize = 16; // so many
const DONE: usize = 64; // items
const TAKEN: usize = 128; // items of a thread's part, and once for each that found none left; a line for each thread
const LINE: usize = 64;

/** Its one item is done by every thread, for itself. */
const SPREAD = 1;
/** Its items are lists of calls, which lie behind it in their order: one thread computes all of a list. */
const LIST = 4;
const LIST_CALLS = STEP; // so many in each
const LIST_BYTES = IMAGE; // of a call

/** Looks again so often, some fifty microseconds, before a thread sleeps or leaves: a step is rarely longer. */
const SPINS = 20_000;
/** Sleeps no longer than this, should a thread have failed. */
const SLEEP_NS: i64 = 100_000_000;
/** What atomic.wait() gives then. */
const TIMED_OUT = 2;

function compute(kernel: i32, item: i32, thread: i32, call: usize): void {
  const step = <usize> load<u32>(call + STEP);
  const image = load<i32>(call + IMAGE), images = load<i32>(call + IMAGES);
  if (kernel === 0) computeLayer(item, thread, step, image, images);
  else if (kernel === SPREAD) spreadBlocks(thread, step, image, images);
  else if (kernel === 2) computeBlocks(item, thread, step, image, images);
  else if (kernel === LIST) computeList(item, thread, call);
  else computeImage(item, thread, step, image, images);
}

function computeList(item: i32, thread: i32, list: usize): void {
  const calls = load<i32>(list + LIST_CALLS), bytes = <usize> load<u32>(list + LIST_BYTES);
  let call = list + (<usize> (item * calls) + 1) * bytes;
  for (let left = calls; left > 0; left--, call += bytes) computeAll(thread, call);
}

/** All items of a call, on this thread. */
function computeAll(thread: i32, call: usize): void {
  const kernel = load<i32>(call + KERNEL), items = load<i32>(call + ITEMS);
  for (let item = 0; item < items; item++) compute(kernel, item, thread, call);
}

function callBytes(table: usize): usize {
  return TAKEN + <usize> load<u32>(table + THREADS) * LINE;
}

/** Makes the table ready for a run: for one thread, before the others join. */
export function openProgram(_chunk: i32, _thread: i32, table: usize): void {
  const bytes = callBytes(table);
  let call = table + HEAD_BYTES;
  for (let left = load<i32>(table + CALLS); left > 0; left--, call += bytes) {
    for (let at = DONE; at < bytes; at += LINE) store<i32>(call + at, 0);
  }
}

/**
 * One thread's part of the calls from `first` up to `end`. Gives the first of them that is not done: `end`, or
 * one that waits for another thread for long, with which the caller may go on. Who may not sleep, as a page's
 * main thread, has it back after SPINS; others after SLEEP_NS.
 */
export function runProgram(
  _chunk: i32,
  thread: i32,
  table: usize,
  first: i32,
  end: i32,
  maySleep: i32,
): i32 {
  const bytes = callBytes(table);
  let call = table + HEAD_BYTES + <usize> first * bytes;
  for (let i = first; i < end; i++, call += bytes) {
    if (load<i32>(call + KERNEL) === SPREAD) {
      // For nothing where the products are there, made by others.
      const next = call + bytes;
      if (itemsDone(next) < load<i32>(next + ITEMS)) compute(SPREAD, 0, thread, call);
    } else if (ASC_FEATURE_THREADS) {
      shareItems(thread, table, call);
      if (!awaitItems(table, call, maySleep !== 0)) return i;
    } else {
      computeAll(thread, call);
    }
  }
  return end;
}

function itemsDone(call: usize): i32 {
  return ASC_FEATURE_THREADS ? atomic.load<i32>(call + DONE) : 0;
}

/** Computes items until all are taken. */
function shareItems(thread: i32, table: usize, call: usize): void {
  const kernel = load<i32>(call + KERNEL), items = load<i32>(call + ITEMS);
  const threads = load<i32>(table + THREADS);
  let part = thread;
  for (let parts = threads; parts > 0;) {
    const taken = call + TAKEN + <usize> part * LINE;
    const item = part * items / threads + atomic.add<i32>(taken, 1);
    if (item < (part + 1) * items / threads) {
      compute(kernel, item, thread, call);
      if (atomic.add<i32>(call + DONE, 1) + 1 === items) {
        if (atomic.load<i32>(table + SLEEPERS) !== 0) atomic.notify(call + DONE, -1);
      }
    } else {
      parts--;
      part = part + 1 < threads ? part + 1 : 0;
    }
  }
}

/** Whether all items of a call are done, now or soon. */
function awaitItems(table: usize, call: usize, maySleep: bool): bool {
  const items = load<i32>(call + ITEMS);
  for (let spins = SPINS; spins > 0; spins--) {
    if (atomic.load<i32>(call + DONE) >= items) return true;
  }
  if (!maySleep) return false;
  // The other may have lost its processor: leave ours to it.
  for (let done = 0; (done = atomic.load<i32>(call + DONE)) < items;) {
    atomic.add<i32>(table + SLEEPERS, 1);
    const ended = atomic.wait<i32>(call + DONE, done, SLEEP_NS);
    atomic.sub<i32>(table + SLEEPERS, 1);
    if (ended === TIMED_OUT) return false;
  }
  return true;
}
