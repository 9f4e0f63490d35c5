import assert from "node:assert/strict";
import { Newest } from "../../islands/explorer/newest.ts";

/** Frames and runs that a test lets happen one by one. */
function stage() {
  const frames: (() => void)[] = [];
  const started: number[] = [];
  const finish: (() => void)[] = [];
  const newest = new Newest<number>(
    (value) => {
      started.push(value);
      return new Promise((resolve) => finish.push(resolve));
    },
    () => new Promise<void>((resolve) => frames.push(resolve)),
  );
  const settle = () => new Promise((resolve) => setTimeout(resolve));
  const frame = () => (frames.shift()!(), settle());
  const finished = () => (finish.shift()!(), settle());
  return { newest, started, frame, finished, frames, settle };
}

Deno.test("Newest works on the last of the values pushed within a frame", async () => {
  const { newest, started, frame } = stage();
  for (const value of [1, 2, 3]) newest.push(value);
  assert.deepEqual(started, []);
  await frame();
  assert.deepEqual(started, [3]);
});

Deno.test("Newest never runs twice at once, and skips what was overtaken meanwhile", async () => {
  const { newest, started, frame, finished, frames } = stage();
  newest.push(1);
  await frame();
  for (const value of [2, 3, 4]) newest.push(value);
  assert.equal(frames.length, 0); // no frame is even asked for before the first run ends
  await finished();
  await frame();
  assert.deepEqual(started, [1, 4]);
});

Deno.test("Newest.idle() waits for the last run, and not at all when nothing was pushed", async () => {
  const { newest, frame, finished, settle } = stage();
  await newest.idle();
  newest.push(1);
  let isIdle = false;
  newest.idle().then(() => isIdle = true);
  await frame();
  newest.push(2);
  await finished();
  assert.equal(isIdle, false);
  await frame();
  await finished();
  await settle();
  assert.equal(isIdle, true);
});

Deno.test("Newest starts again after it was idle", async () => {
  const { newest, started, frame, finished } = stage();
  newest.push(1);
  await frame();
  await finished();
  newest.push(2);
  await frame();
  await finished();
  assert.deepEqual(started, [1, 2]);
});
