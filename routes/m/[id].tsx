import type { Context } from "hono";
import { Island } from "../../components/Island.tsx";
import { ModelFacts, Summary } from "../../components/ModelFacts.tsx";
import { objectiveName } from "../../components/facts.ts";
import Explorer from "../../islands/Explorer.tsx";
import { readView } from "../../islands/explorer/address.ts";
import { isFirstSample } from "../../islands/explorer/view.ts";
import type { NeighbourPicture } from "../../islands/explorer/Neighbours.tsx";
import Snippet from "../../islands/Snippet.tsx";
import type { ModelCard } from "../../sampler/card.ts";
import { sendPage, type Site } from "../_app.tsx";
import { pngSize } from "../_png.ts";
import type { Zoo } from "../_zoo.ts";
import { SAMPLER_MODULES } from "../_build.ts";
import { snippetsOf } from "../_snippets.ts";
import { trainingRecord } from "../_training.ts";
import { modelFileUrl, posterUrl } from "../models/[id].ts";
import { zipUrl } from "../models/zip.ts";
import { oembedPath } from "../oembed.ts";

/** What the sampler reads of a model: first what takes longest, so that the line is never idle meanwhile. */
const MODEL_FILES = ["weights.bin", "model.json", "card.json"];
const NEIGHBOURS = "neighbours.png";

export function explorer(site: Site, zoo: Zoo) {
  return async (c: Context) => {
    const id = c.req.param("id") ?? "";
    const exhibit = await zoo.get(id);
    if (exhibit === null) return c.notFound();
    if ("problem" in exhibit) return damaged(c, site, exhibit);
    const { card } = exhibit;
    const { search } = new URL(c.req.url);
    // Until the sample is there: the same, or many others, so that none is taken for it.
    const isFirst = isFirstSample(readView(search, card.latentSize).view);
    const picture = posterUrl(card, isFirst ? "first" : "all");
    const urlOf = (file: string) => modelFileUrl(id, file, card.files[file]?.sha256);
    return sendPage(c, site, {
      title: `${card.title} · ganlet`,
      description: describe(card),
      image: posterUrl(card, "all") ?? undefined,
      oembed: oembedPath(c.req.url),
      islands: ["Explorer", "Snippet"],
      modules: SAMPLER_MODULES.flatMap((module) => site.build.scriptUrls(module)),
      picture: picture ?? undefined,
      children: (
        <>
          <header class="model-head">
            <p class="eyebrow">
              <a href="/">All models</a>
            </p>
            <h1>{card.title}</h1>
            <p class="lead">
              <Summary card={card} />
            </p>
            <noscript>
              <p class="lead">
                Sampling needs JavaScript. Without it, here are samples and how this model was made.
              </p>
            </noscript>
          </header>
          <Island
            name="Explorer"
            of={Explorer}
            fetches={MODEL_FILES.map((path) => modelFileUrl(id, path))}
            props={{
              title: card.title,
              modelUrl: `/models/${id}/`,
              wasmFiles: site.build.engineFiles(),
              latentSize: card.latentSize,
              imageShape: card.imageShape,
              poster: picture,
              search,
              hasDirections: "directions.json" in card.files,
              neighbours: await neighboursOf(card, zoo),
              training: trainingRecord(await zoo.history(id), urlOf),
            }}
          />
          <ModelFacts card={card} downloads={downloadsOf(card)} />
          <section class="snippets" aria-labelledby="snippets-title">
            <h2 id="snippets-title">Use it elsewhere</h2>
            {snippetsOf(card, new URL(c.req.url).origin).map((snippet) => (
              <Island key={snippet.title} name="Snippet" of={Snippet} props={snippet} />
            ))}
          </section>
        </>
      ),
    });
  };
}

/** The sheet that the evaluation wrote, its row a sample and the training images nearest to it. */
async function neighboursOf(card: ModelCard, zoo: Zoo): Promise<NeighbourPicture | null> {
  const listed = card.files[NEIGHBOURS];
  const file = listed ? await zoo.file(card.id, NEIGHBOURS) : null;
  const size = file && pngSize(file.bytes);
  if (!size) return null;
  const nearest = card.metrics?.nearest;
  return {
    url: modelFileUrl(card.id, NEIGHBOURS, listed.sha256),
    ...size,
    count: Math.floor(size.width / card.imageShape[1]) - 1, // what is over are the gaps
    measured: isFigure(nearest)
      ? `Measured over ${nearest.n.toLocaleString("en")} samples: a distance of ${
        nearest.value.toPrecision(3)
      }, where real images that it never saw have ${nearest.floor.toPrecision(3)}.`
      : null,
  };
}

function isFigure(value: unknown): value is { value: number; floor: number; n: number } {
  const figure = value as Record<string, unknown> | null | undefined;
  return ["value", "floor", "n"].every((name) => typeof figure?.[name] === "number");
}

/** What can be taken along: all in one file, and what a program loads. */
function downloadsOf({ id, files }: ModelCard) {
  // Nothing in the zip is compressed.
  const all = Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0);
  const names = ["card.json", "model.json", "weights.bin", "directions.json"];
  return [
    { name: `${id}.zip`, url: zipUrl(id), bytes: all },
    ...names.filter((name) => name === "card.json" || name in files).map((name) => ({
      name,
      url: modelFileUrl(id, name),
      bytes: files[name]?.bytes ?? null,
    })),
  ];
}

function describe({ objective, dataset, imageShape: [height, width] }: ModelCard): string {
  return `A ${objectiveName(objective)} generator of ${width} × ${height} pictures, trained on ` +
    `${dataset.title}. Drag its latent dimensions and see it draw in your own browser.`;
}

function damaged(c: Context, site: Site, { id, problem }: { id: string; problem: string }) {
  return sendPage(c, site, {
    title: `${id} · ganlet`,
    description: "This model cannot be shown.",
    status: 500,
    children: (
      <section class="notice">
        <p class="eyebrow">{id}</p>
        <h1>This model cannot be shown.</h1>
        <p>Its card is damaged:</p>
        <p>
          <code>{problem}</code>
        </p>
        <p>
          <a href="/">The gallery</a> has the others.
        </p>
      </section>
    ),
  });
}
