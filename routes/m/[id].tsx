import type { Context } from "hono";
import { Island } from "../../components/Island.tsx";
import { ModelFacts, Summary } from "../../components/ModelFacts.tsx";
import { TrainingHistory } from "../../components/TrainingHistory.tsx";
import { objectiveName } from "../../components/facts.ts";
import Explorer from "../../islands/Explorer.tsx";
import type { ModelCard } from "../../sampler/card.ts";
import { sendPage, type Site } from "../_app.tsx";
import type { Zoo } from "../_zoo.ts";
import { ENGINE_SCRIPTS } from "../_build.ts";
import { modelFileUrl } from "../models/[id].ts";
import { oembedPath } from "../oembed.ts";

/** The lazily loaded parts of the explorer that nearly every visit needs. */
const MODULES = ["sampler/mod.ts", ...Object.values(ENGINE_SCRIPTS)];
/** What the sampler reads of a model: first what takes longest, so that the line is never idle meanwhile. */
const MODEL_FILES = ["weights.bin", "model.json", "card.json"];

export function explorer(site: Site, zoo: Zoo) {
  return async (c: Context) => {
    const id = c.req.param("id") ?? "";
    const exhibit = await zoo.get(id);
    if (exhibit === null) return c.notFound();
    if ("problem" in exhibit) return damaged(c, site, exhibit);
    const { card } = exhibit;
    const poster = card.files["poster.png"];
    const posterUrl = poster ? modelFileUrl(id, "poster.png", poster.sha256) : null;
    return sendPage(c, site, {
      title: `${card.title} · ganlet`,
      description: describe(card),
      image: posterUrl ?? undefined,
      oembed: oembedPath(c.req.url),
      islands: ["Explorer"],
      modules: MODULES.flatMap((module) => site.build.scriptUrls(module)),
      fetches: MODEL_FILES.map((path) => modelFileUrl(id, path)),
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
                Sampling needs JavaScript. Without it, here are sixteen samples and how this model
                was made.
              </p>
            </noscript>
          </header>
          <Island
            name="Explorer"
            of={Explorer}
            props={{
              title: card.title,
              modelUrl: `/models/${id}/`,
              wasmFiles: site.build.engineFiles(),
              latentSize: card.latentSize,
              imageShape: card.imageShape,
              poster: posterUrl,
              search: new URL(c.req.url).search,
            }}
          />
          <TrainingHistory
            record={await zoo.history(id)}
            urlOf={(file) => modelFileUrl(id, file, card.files[file]?.sha256)}
          />
          <ModelFacts card={card} />
        </>
      ),
    });
  };
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
