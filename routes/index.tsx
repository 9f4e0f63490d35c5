import type { Context } from "hono";
import { objectiveName } from "../components/facts.ts";
import { Island } from "../components/Island.tsx";
import LivingSample from "../islands/LivingSample.tsx";
import { sendPage, type Site } from "./_app.tsx";
import { byPaper } from "./_comparison.ts";
import { ByDataSet, OfObjective } from "./_Exhibits.tsx";
import { StartHere } from "./_StartHere.tsx";
import { type Exhibit, POSTER, showpiece, type Zoo } from "./_zoo.ts";
import { modelFileUrl, posterUrl } from "./models/[id].ts";

const DESCRIPTION =
  "Small generative adversarial networks, trained with Deno and TensorFlow.js and sampled in your own browser.";

export function gallery(site: Site, zoo: Zoo) {
  return async (c: Context) => {
    const exhibits = await zoo.list();
    const cards = exhibits.flatMap((e) => "card" in e ? [e.card] : []).sort(byPaper);
    const damaged = exhibits.filter((e) => "problem" in e);
    const shown = showpiece(cards);
    const objectives = [...new Set(cards.map(({ objective }) => objective))];
    const asked = c.req.query("objective");
    const objective = objectives.find((objective) => objective === asked);
    const chosen = cards.filter((card) => card.objective === objective);
    return sendPage(c, site, {
      title: "ganlet · small generators, sampled in your browser",
      description: DESCRIPTION,
      image: shown && modelFileUrl(shown.id, POSTER),
      current: "gallery",
      islands: shown ? ["LivingSample"] : [],
      children: (
        <>
          <section class={shown ? "opening has-picture" : "opening"}>
            <div>
              <h1>Small generators that draw as you drag.</h1>
              <p>
                ganlet trains small generative adversarial networks with Deno and TensorFlow.js, and
                every visitor samples them in their own browser: no server computes.
              </p>
            </div>
            {shown && (
              <Island
                name="LivingSample"
                of={LivingSample}
                props={{
                  id: shown.id,
                  title: shown.title,
                  latentSize: shown.latentSize,
                  imageShape: shown.imageShape,
                  poster: posterUrl(shown, "first")!,
                  wasmFiles: site.build.engineFiles(),
                }}
              />
            )}
          </section>
          <StartHere example={shown ?? cards.at(0)} />
          <section class="zoo" id="zoo" aria-labelledby="zoo-title">
            <div class="section-head">
              <h2 id="zoo-title">The zoo</h2>
              {objectives.length > 1 && <Objectives {...{ objectives, objective }} />}
            </div>
            {exhibits.length === 0 && <EmptyGallery />}
            {objective ? <OfObjective cards={chosen} /> : <ByDataSet cards={cards} />}
            {damaged.length > 0 && (
              <ol class="gallery">
                {damaged.map((exhibit) => (
                  <li key={exhibit.id}>
                    <Damaged {...exhibit} />
                  </li>
                ))}
              </ol>
            )}
          </section>
        </>
      ),
    });
  };
}

function Objectives({ objectives, objective }: { objectives: string[]; objective?: string }) {
  const link = (address: string, label: string, isCurrent: boolean) => (
    <a key={address} href={address} aria-current={isCurrent ? "true" : undefined}>{label}</a>
  );
  return (
    <nav class="choices" aria-label="Objectives">
      {link("/#zoo", "All", objective === undefined)}
      {objectives.map((name) =>
        link(
          `/?objective=${encodeURIComponent(name)}#zoo`,
          objectiveName(name),
          name === objective,
        )
      )}
    </nav>
  );
}

function Damaged({ id, problem }: Extract<Exhibit, { problem: string }>) {
  return (
    <article class="exhibit is-damaged">
      <div class="label">
        <h4>{id}</h4>
        <p>This model cannot be shown: its card is damaged.</p>
        <p>
          <code>{problem}</code>
        </p>
      </div>
    </article>
  );
}

function EmptyGallery() {
  return (
    <section class="notice">
      <p>
        The gallery is empty. Train its first model with{" "}
        <code>deno task train:wgan-gp</code>, then reload this page.
      </p>
    </section>
  );
}
