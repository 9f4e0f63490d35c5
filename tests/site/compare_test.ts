import assert from "node:assert/strict";
import { COLUMNS } from "../../components/results.ts";
import { sortRows } from "../../islands/compare/Results.tsx";
import { claims } from "../../routes/_claims.ts";
import { comparable, contenders } from "../../routes/_comparison.ts";
import { GRID, type Modes, RING } from "../../routes/_modes.ts";
import { type ModelCard, parseCard } from "../../sampler/card.ts";
import { exampleCard, TemporarySite } from "./fixtures.ts";

const PAPERS: Record<string, string> = {
  "dcgan": "1511.06434",
  "ebgan": "1609.03126",
  "lsgan": "1611.04076",
  "wgan": "1701.07875",
  "wgan-gp": "1704.00028",
};

interface Changes {
  data?: string;
  latentSize?: number;
  /** Fréchet distance. */
  frechet?: number;
  training?: Partial<ModelCard["training"]>;
}

function card(objective: string, changes: Changes = {}): ModelCard {
  const { data = "mnist", latentSize = 100, frechet, training } = changes;
  const example = exampleCard(`${objective}-${data}`);
  const paper = { title: "A paper", arxiv: PAPERS[objective] };
  return parseCard({
    ...example,
    objective,
    paper,
    latentSize,
    dataset: { ...example.dataset, id: data, title: data.toUpperCase() },
    training: { ...example.training, ...training },
    metrics: frechet === undefined ? null : { frechet: { value: frechet, floor: 10, n: 100 } },
  }, "card.json");
}

const measured = (card: ModelCard, key: string) => COLUMNS.find((c) => c.key === key)!.of(card);

Deno.test("comparable() puts models together that take the same latents, in the order of their papers", () => {
  const cards = [
    card("wgan-gp"),
    card("dcgan"),
    card("dcgan", { data: "faces" }),
    card("ebgan", { latentSize: 64 }),
  ];
  const groups = comparable(cards).map(({ key, cards }) => [key, cards.map(({ id }) => id)]);
  assert.deepEqual(groups, [
    ["mnist-32x32-100", ["dcgan-mnist", "wgan-gp-mnist"]],
    ["faces", ["dcgan-faces"]],
    ["mnist-32x32-64", ["ebgan-mnist"]],
  ]);
});

Deno.test("contenders() are called by their objective, and by their id where two share it", () => {
  const second = { ...card("dcgan"), id: "dcgan-mnist-2" };
  const names = contenders([card("dcgan"), second, card("wgan-gp")], "all").map(({ name }) => name);
  assert.deepEqual(names, ["dcgan-mnist", "dcgan-mnist-2", "WGAN-GP"]);
});

Deno.test("a figure's spread is that of the runs from other seeds, else its standard error, else unknown", () => {
  const withMetrics = (metrics: Record<string, unknown>) =>
    parseCard({ ...exampleCard("x"), metrics }, "card.json");
  const kernel = { value: 1603, floor: 31, n: 100, standardError: 54 };
  const repeats = [{ seed: 2, kernel: 900 }, { seed: 3, kernel: 1200 }];
  assert.deepEqual(measured(withMetrics({ kernel, repeats }), "kernel"), {
    value: 1603,
    text: "1,600",
    floor: 31,
    spread: {
      low: 900,
      high: 1603,
      text: "900–1,600",
      meaning: "of 3 training runs from other seeds",
    },
  });
  const { spread } = measured(withMetrics({ kernel, repeats: [{ seed: 2 }] }), "kernel")!;
  assert.deepEqual([spread!.low, spread!.high, spread!.text], [1549, 1657, "± 54"]);
  const { standardError: _, ...bare } = kernel;
  assert.equal(measured(withMetrics({ kernel: bare }), "kernel")!.spread, undefined);
  assert.equal(measured(withMetrics({ kernel }), "recall"), null);
});

Deno.test("a step's milliseconds are the processors' over the run's steps, the clock's where the card has no others", () => {
  const run = card("dcgan", {
    training: { seconds: 90, processorSeconds: 60, generatorSteps: 600 },
  });
  assert.deepEqual(measured(run, "pace"), { value: 100, text: "100\u00a0ms" });
  assert.equal(measured(run, "seconds")!.text, "60\u00a0s");
  const byClock = card("dcgan", { training: { seconds: 90, generatorSteps: 0 } });
  assert.equal(measured(byClock, "pace"), null);
  assert.equal(measured(byClock, "seconds")!.text, "90\u00a0s by the clock");
});

Deno.test("sortRows() puts the best first, the worst when reversed, and what was not measured last", () => {
  const figures = (frechet: number | null, coverage: number | null) =>
    COLUMNS.map(({ key }) => {
      const value = key === "frechet" ? frechet : key === "coverage" ? coverage : null;
      return value === null ? null : { value, text: "" };
    });
  const rows = [
    { id: "a", name: "a", figures: figures(97, 0.2) },
    { id: "b", name: "b", figures: figures(null, 0.9) },
    { id: "c", name: "c", figures: figures(30, null) },
  ];
  const sorted = (column: string, reversed: boolean) =>
    sortRows(rows, { column, reversed }).map(({ id }) => id).join("");
  assert.equal(sorted("frechet", false), "cab");
  assert.equal(sorted("frechet", true), "acb");
  assert.equal(sorted("coverage", false), "bac");
  assert.equal(sorted("coverage", true), "abc");
  assert.equal(sorted("nonsense", false), "abc");
});

Deno.test("claims() say which model is best, and whether times may be compared", () => {
  const [best] = claims([
    card("dcgan", { frechet: 300, training: { generatorSteps: 2000, seconds: 2000 } }),
    card("wgan-gp", { frechet: 100, training: { generatorSteps: 500, seconds: 2000 } }),
  ]);
  assert.equal(
    best.measured[0],
    "So it is here: WGAN-GP has a Fréchet distance of 100, DCGAN, the next, 300.",
  );
  // 4 s a step against 1 s
  assert.match(best.measured[1], /One step of it takes 4\.0 times as long as the quickest's\./);

  const [notBest, better] = claims([
    card("dcgan", { frechet: 300 }),
    card("ebgan", { frechet: 50, training: { device: "1 thread" } }),
    card("wgan-gp", { frechet: 400 }),
  ]);
  assert.match(notBest.measured[0], /^Not here: EBGAN is best with 50; WGAN-GP is number 3 of 3/);
  assert.match(notBest.measured[1], /different threads or machines, so their minutes do not/);
  assert.equal(
    better.measured[0],
    "Against DCGAN's Fréchet distance of 300, EBGAN (50) is nearer, WGAN-GP (400) is not.",
  );

  const [, worse] = claims([card("dcgan", { frechet: 300 }), card("wgan-gp", { frechet: 400 })]);
  assert.equal(
    worse.measured[0],
    "Against DCGAN's Fréchet distance of 300, WGAN-GP (400) is no nearer.",
  );
});

Deno.test("claims() without any measured model still quote the article", () => {
  for (const cards of [[], [card("dcgan")]]) {
    assert.equal(claims(cards)[0].measured[0], "No model of WGAN-GP here is measured yet.");
  }
});

Deno.test("the modes on the page are those of docs/modes.md", async () => {
  const text = await Deno.readTextFile(new URL("../../docs/modes.md", import.meta.url));
  const numbers = (cell: string) => cell.split(",").map((n) => parseFloat(n));
  const tables = text.split("\n| a ").slice(1);
  const documented = tables.map((table) =>
    table.split("\n").map((line) => line.split("|").map((cell) => cell.trim()))
      .filter(([, name]) => name in PAPERS)
      .map(([, objective, found, onMode, reverseKl]): Modes => ({
        objective,
        found: numbers(found),
        onMode: numbers(onMode),
        reverseKl: numbers(reverseKl),
      })).sort((a, b) => a.objective < b.objective ? -1 : 1)
  );
  const byName = (modes: readonly Modes[]) =>
    modes.toSorted((a, b) => a.objective < b.objective ? -1 : 1);
  assert.deepEqual(documented, [byName(RING), byName(GRID)]);
});

Deno.test("GET /compare shows the data set that the address names, and what the article says", async () => {
  using site = new TemporarySite();
  site.addModel("dcgan-mnist");
  site.addModel("wgan-gp-mnist");
  site.addModel("dcgan-faces", {
    dataset: { ...exampleCard("x").dataset, id: "faces", title: "Drawn faces" },
  });
  const html = await site.html("/compare");
  assert.match(html, /href="\/compare" aria-current="page">MNIST</);
  assert.match(html, /href="\/compare\?data=faces">Drawn faces</);
  assert.match(html, /href="\/m\/wgan-gp-mnist"/);
  assert.doesNotMatch(html, /href="\/m\/dcgan-faces"/);
  assert.match(html, /<q>WGAN-GP has the best effect/);
  const faces = await site.html("/compare?data=faces");
  assert.match(faces, /href="\/m\/dcgan-faces"/);
  assert.match(await site.html("/compare?data=nonsense"), /href="\/m\/dcgan-mnist"/);
});

Deno.test("GET /compare sorts by the address, so that sorting works without JavaScript", async () => {
  using site = new TemporarySite();
  const metrics = (value: number) => ({ metrics: { frechet: { value, floor: 10, n: 100 } } });
  site.addModel("a", { ...metrics(300) });
  site.addModel("b", { ...metrics(20) });
  const order = async (query: string) =>
    [...(await site.html(`/compare${query}`)).matchAll(/<th scope="row"><a href="\/m\/(.)"/g)]
      .map(([, id]) => id).join("");
  assert.equal(await order(""), "ab");
  assert.equal(await order("?sort=frechet"), "ba");
  assert.equal(await order("?sort=-frechet"), "ab");
  assert.match(await site.html("/compare?sort=frechet"), /aria-sort="ascending"/);
  assert.match(await site.html("/compare"), /href="\/compare\?sort=frechet"/);
});

Deno.test("GET /compare of an empty zoo says how to fill it", async () => {
  using site = new TemporarySite();
  assert.match(await site.html("/compare"), /deno task train:all/);
});
