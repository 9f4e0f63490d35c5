/** What each measure makes of known faults, in the features of the MNIST classifier that ganlet ships. */
import assert from "node:assert/strict";
import { startBackend } from "../../../train/backend.ts";
import { referenceFor } from "../../../train/evaluate/real.ts";
import { type FaultMeasures, measureFaults } from "../../../train/evaluate/sensitivity.ts";

const backend = await startBackend("wasm", 1);
const mnist = { id: "MNIST", dataset: { id: "mnist" }, imageShape: [32, 32, 1] };
const reference = await referenceFor(mnist);
const found = await measureFaults(reference, { n: 1000, trainCount: 2000 });
reference.classifier.dispose();
backend.stop();

function fault(start: string): FaultMeasures {
  const measures = found.find(({ name }) => name.startsWith(start));
  assert.ok(measures, `no fault is called "${start} …"`);
  return measures;
}
const none = fault("none");

/** Asserts that the measure rises or falls from each fault to the next. */
function assertOrder(
  measure: (m: FaultMeasures) => number,
  order: "rises" | "falls",
  names: string[],
) {
  const values = names.map((name) => measure(fault(name)));
  const text = names.map((name, i) => `${name}: ${values[i]}`).join("; ");
  values.slice(1).forEach((value, i) =>
    assert.ok(order === "rises" ? value > values[i] : value < values[i], text)
  );
}

const GROWING = [
  ["none", "blur, 3×3", "blur, 5×5"],
  ["none", "noise, σ 16", "noise, σ 48"],
  ["none", "digit 0", "digits 0 to 4"],
];

Deno.test("the Fréchet and the kernel distance grow with blur, noise and dropped digits", () => {
  for (const names of GROWING) {
    assertOrder((m) => m.frechet, "rises", names);
    assertOrder((m) => m.kernel.value, "rises", names);
  }
});

Deno.test("the kernel distance of real images is 0 within its error, that of a fault is not", () => {
  assert.ok(Math.abs(none.kernel.value) < 3 * none.kernel.standardError);
  for (const name of ["blur, 5×5", "noise, σ 48", "digits 0 to 4"]) {
    const { value, standardError } = fault(name).kernel;
    assert.ok(value > 3 * standardError, name);
  }
});

Deno.test("recall and coverage fall with blur, noise and dropped digits", () => {
  for (const names of GROWING) assertOrder((m) => m.recall, "falls", names);
  for (const [none, , strong] of GROWING) {
    assertOrder((m) => m.coverage, "falls", [none, strong]);
  }
});

Deno.test("precision and density fall where samples look like nothing real, not where digits are missing", () => {
  const overlaid = ["none", "one in two"];
  assertOrder((m) => m.precision, "falls", overlaid);
  assertOrder((m) => m.density, "falls", overlaid);
  assertOrder((m) => m.density, "falls", ["none", "blur, 5×5"]);
  const dropped = fault("digits 0 to 4");
  assert.ok(dropped.precision > none.precision - 0.05 && dropped.density > none.density - 0.05);
});

Deno.test("the histogram names the dropped digits and no others", () => {
  assert.deepEqual(none.histogram.missing, []);
  assert.deepEqual(fault("digit 0").histogram.missing, ["0"]);
  assert.deepEqual(fault("digits 0 to 4").histogram.missing, ["0", "1", "2", "3", "4"]);
  assertOrder((m) => m.histogram.value, "rises", ["none", "digit 0", "digits 0 to 4"]);
});

Deno.test("training images by heart pass for real ones in all but their distance to training images", () => {
  const learnt = fault("training images");
  assert.ok(learnt.frechet < 2 * none.frechet, `${learnt.frechet}, real ones ${none.frechet}`);
  assert.ok(learnt.coverage > none.coverage - 0.05);
  assert.ok(learnt.nearest < 0.05 * none.nearest, `${learnt.nearest}, real ones ${none.nearest}`);
});

Deno.test("a hundred training images by heart are few: recall and coverage say so", () => {
  const few = fault("100 training images");
  assert.ok(few.coverage < none.coverage / 2, `${few.coverage}`);
  assert.ok(few.recall < none.recall / 2, `${few.recall}`);
  assert.ok(few.nearest < 0.05 * none.nearest);
});
