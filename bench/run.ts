/**
 * `deno task bench [sampling|webgpu|training …] [--quick]`: measures, prints tables, writes the figures to
 * runs/bench.json, and ends with a line of those that matter most, `key=value`.
 */

const BENCHES: Record<string, (options: { quick: boolean }) => Promise<Record<string, number>>> = {
  sampling: async (options) => await (await import("./sampling.ts")).benchSampling(options),
  webgpu: async (options) => await (await import("./webgpu.ts")).benchWebGpu(options),
  training: async (options) => await (await import("./training.ts")).benchTraining(options),
};
const USAGE = `deno task bench [${Object.keys(BENCHES).join("|")} …] [--quick]`;
/** What the last line tells, where it was measured. */
const HEADLINES = [
  ...["vs_ort_b1", "vs_ort_b16", "vs_tfjs_b1"],
  ...["dcgan64_efficiency", "wgan_gp64_efficiency", "dcgan32_efficiency", "wgan_gp32_efficiency"],
  ...["scaling", "dcgan64_batch", "wgan_gp64_batch"],
];
const RESULTS = new URL("../runs/bench.json", import.meta.url);

const quick = Deno.args.includes("--quick");
const named = Deno.args.filter((argument) => argument !== "--quick");
if (named.includes("--help")) {
  console.log(`${USAGE}\nMeasures all, or those named; --quick takes fewer samples.`);
  Deno.exit(0);
}
const unknown = named.find((name) => !Object.hasOwn(BENCHES, name));
if (unknown !== undefined) {
  console.error(`Unknown bench or option "${unknown}": ${USAGE}`);
  Deno.exit(2);
}

const figures: Record<string, number> = {};
for (const name of named.length > 0 ? named : Object.keys(BENCHES)) {
  Object.assign(figures, await BENCHES[name]({ quick }));
}
const machine = {
  cores: navigator.hardwareConcurrency,
  arch: Deno.build.arch,
  deno: Deno.version.deno,
};
await Deno.mkdir(new URL(".", RESULTS), { recursive: true });
const result = { date: new Date().toISOString(), quick, machine, figures };
await Deno.writeTextFile(RESULTS, JSON.stringify(result, null, 2) + "\n");
console.log(`Written to ${RESULTS.pathname}`);
console.log(
  HEADLINES.filter((key) => key in figures).map((key) => `${key}=${figures[key].toFixed(3)}`).join(
    " ",
  ),
);
