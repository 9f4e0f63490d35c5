import assert from "node:assert/strict";
import { duration, startProgress } from "../../train/progress.ts";

class FakeStream {
  text = "";
  constructor(readonly isTTY: boolean, readonly columns = 120) {}
  write(text: string) {
    this.text += text;
  }
}

const losses = {
  criticLoss: -3.21456,
  generatorLoss: 0.5,
  penalty: 0.0312,
  imagesPerSecond: 811.6,
};

Deno.test("startProgress() on a pipe writes a plain line every logEvery steps and after the last", () => {
  const stream = new FakeStream(false);
  let clock = 0;
  const progress = startProgress({ from: 0, steps: 7, logEvery: 3, stream, now: () => clock });
  for (let step = 1; step <= 7; step++) {
    clock += 2000;
    progress.update({ step, ...losses });
  }
  progress.stop();
  const figures = "812 images/s  critic -3.21  generator 0.500  penalty 0.0312";
  assert.deepEqual(stream.text.split("\n"), [
    `step 3/7  8 s left  ${figures}`,
    `step 6/7  2 s left  ${figures}`,
    `step 7/7  0 s left  ${figures}`,
    "",
  ]);
});

Deno.test("startProgress() of a resumed run judges the time left by its own steps", () => {
  const stream = new FakeStream(false);
  let clock = 50_000;
  const progress = startProgress({ from: 90, steps: 100, logEvery: 1, stream, now: () => clock });
  clock += 3000;
  progress.update({ step: 91, criticLoss: 1, generatorLoss: 1, imagesPerSecond: 1 });
  assert.match(stream.text, /^step 91\/100 {2}27 s left {2}1 images/);
  assert.doesNotMatch(stream.text, /penalty/);
});

Deno.test("startProgress() of a run with a time limit forecasts the steps that fit", () => {
  const stream = new FakeStream(false);
  let clock = 0;
  const progress = startProgress({
    ...{ from: 0, steps: 1000, logEvery: 1, stream, now: () => clock },
    secondsLeft: () => 60 - clock / 1000,
  });
  clock = 12_000; // 10 steps in 12 s: in the 48 s that are left, 40 more
  progress.update({ step: 10, criticLoss: 1, generatorLoss: 1, imagesPerSecond: 1 });
  assert.match(stream.text, /^step 10\/about 50 {2}48 s left /);
});

Deno.test("startProgress() on a terminal redraws a bar, and messages go above it", () => {
  const stream = new FakeStream(true);
  let clock = 0;
  const progress = startProgress({ from: 0, steps: 4, logEvery: 1, stream, now: () => clock });
  clock += 60_000;
  progress.update({ step: 2, ...losses });
  progress.say("A checkpoint is written");
  progress.stop();

  const [before, after, end] = stream.text.split("\n");
  const figures = "60 s left  812 images/s  critic -3.21  generator 0.500  penalty 0.0312";
  assert.ok(before.endsWith("A checkpoint is written"), before);
  assert.ok(after.includes(`${"█".repeat(5)}${"░".repeat(5)} 2/4  ${figures}`), after);
  assert.ok(after.endsWith(`step 2/4  ${figures}`), after);
  assert.equal(end, "");
});

Deno.test("startProgress() cuts the bar to the terminal's width", () => {
  const stream = new FakeStream(true, 30);
  const progress = startProgress({ from: 0, steps: 4, logEvery: 1, stream, now: () => 0 });
  progress.update({ step: 2, ...losses });
  progress.say("");
  progress.stop();
  const [, after] = stream.text.split("\n");
  assert.ok(after.includes(`${"█".repeat(5)}${"░".repeat(5)} 2/4  0 s left  812 \x1b`), after);
});

Deno.test("duration() rounds up to seconds, minutes, hours", () => {
  const expected = [[0, "0 s"], [44.2, "45 s"], [89, "89 s"], [90, "2 min"], [
    720,
    "12 min",
  ]] as const;
  for (const [seconds, text] of expected) assert.equal(duration(seconds), text);
  assert.equal(duration(3 * 3600 + 4.5 * 60), "3 h 05 min");
  assert.equal(duration(2 * 3600 - 1), "2 h 00 min");
});
