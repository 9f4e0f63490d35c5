import assert from "node:assert/strict";
import { type Graph, readGraph, violations, withoutComments } from "./import_graph.ts";

Deno.test("every import follows the direction of imports", async () => {
  const graph = await readGraph();
  assert(Object.keys(graph).length > 10, `only ${Object.keys(graph).length} files were read`);
  assert.deepEqual(violations(graph), []);
});

Deno.test("violations() accepts a graph that follows the directions", () => {
  assert.deepEqual(
    violations(madeUp({
      "main.ts": ["routes/index.tsx", "npm:hono@4.0.0"],
      "routes/index.tsx": ["islands/Sampler.tsx", "components/Page.tsx", "sampler/card.ts"],
      "islands/Sampler.tsx": ["sampler/random.ts", "components/Page.tsx"],
      "sampler/random.ts": ["kernels/mod.ts"],
      "train/loop.ts": ["sampler/random.ts", "kernels/deno_loader.ts"],
      "kernels/deno_loader.ts": ["node:fs"],
      "tests/train/loop_test.ts": ["train/loop.ts", "tests/browser/harness.ts"],
    })),
    [],
  );
});

const FORBIDDEN: [why: string, graph: Record<string, string[]>, expected: RegExp][] = [
  [
    "the site imports train/",
    { "routes/index.tsx": ["train/loop.ts"] },
    /^routes\/index\.tsx imports train\/loop\.ts/,
  ],
  [
    "train/ imports the site",
    { "train/main.ts": ["components/Page.tsx"] },
    /^train\/main\.ts imports components\/Page\.tsx/,
  ],
  [
    "kernels/ imports sampler/",
    { "kernels/mod.ts": ["sampler/random.ts"] },
    /^kernels\/mod\.ts imports/,
  ],
  [
    "a page imports more of sampler/ than the card",
    { "routes/index.tsx": ["sampler/random.ts"] },
    /^routes\/index\.tsx imports sampler\/random\.ts/,
  ],
  [
    "a source imports a test",
    { "sampler/card.ts": ["tests/sampler/fixture.ts"] },
    /^sampler\/card\.ts imports tests/,
  ],
  [
    "an island reaches a Node module",
    { "islands/A.tsx": ["sampler/read.ts"], "sampler/read.ts": ["node:fs"] },
    /^islands\/A\.tsx runs in a browser and reaches sampler\/read\.ts, which imports node:fs/,
  ],
  [
    "an import comes from a URL",
    { "sampler/card.ts": ["https://example.org/a.js"] },
    /^sampler\/card\.ts imports https:/,
  ],
  [
    "an import comes from JSR",
    { "sampler/card.ts": ["jsr:@std/fs"] },
    /^sampler\/card\.ts imports jsr:/,
  ],
  ["a folder has no rule", { "utils/a.ts": [] }, /^utils\/a\.ts: say in MAY_IMPORT/],
];
for (const [why, imports, expected] of FORBIDDEN) {
  Deno.test(`violations() reports when ${why}`, () => {
    const found = violations(madeUp(imports));
    assert.equal(found.length, 1, found.join("\n"));
    assert.match(found[0], expected);
  });
}

Deno.test("violations() reports a version pinned outside deno.json", () => {
  const graph = madeUp({ "sampler/card.ts": ["npm:valibot@1.5.0"] });
  assert.deepEqual(violations(graph), [], "resolved through the import map");
  graph["sampler/card.ts"].specifiers = ["npm:valibot@1.5.0"];
  assert.match(violations(graph).join(), /sampler\/card\.ts imports npm:valibot/);
});

Deno.test("violations() reports Deno's own functions in a browser's code, but not in its comments", () => {
  const graph = madeUp({ "islands/A.tsx": ["sampler/read.ts"], "sampler/read.ts": [] });
  graph["sampler/read.ts"].text = "// as Deno.readFile does\n";
  assert.deepEqual(violations(graph), []);
  graph["sampler/read.ts"].text = "await Deno.readFile(path);";
  assert.match(violations(graph).join(), /reaches sampler\/read\.ts, which uses Deno\./);
});

Deno.test("violations() reports an objective's name in the loop, in any spelling, but not in its comments", () => {
  for (const name of ["wgan-gp", "WGAN_GP", "wGan", "ls_gan", "EBGAN", "dcganLoss"]) {
    const graph = madeUp({ "train/loop.ts": [], "train/objectives/ls_gan.ts": [] });
    graph["train/loop.ts"].text = `// Algorithm 1 of ${name}\nrun();`;
    assert.deepEqual(violations(graph), []);
    graph["train/loop.ts"].text = `if (objective.name === "${name}") run();`;
    assert.match(violations(graph).join(), /train\/loop\.ts names an objective/, name);
  }
});

Deno.test("withoutComments() leaves strings and URLs in them alone", () => {
  const code = 'const url = "https://a.org/*"; // a URL\n/* Deno.exit() */ const b = `//${url}`;';
  const expected = 'const url = "https://a.org/*"; \n const b = `//${url}`;';
  assert.equal(withoutComments(code), expected);
});

function madeUp(imports: Record<string, string[]>): Graph {
  return Object.fromEntries(
    Object.entries(imports).map(([file, targets]) => {
      const mapped = targets.map((target) => target.replace(/^npm:(.*)@.*/, "$1"));
      return [file, { imports: targets, specifiers: mapped, text: "" }];
    }),
  );
}
