import type { Context } from "hono";
import { Island } from "../components/Island.tsx";
import { ModesTable } from "../components/ModesTable.tsx";
import Compare from "../islands/Compare.tsx";
import { isFirstSample, parseView } from "../islands/compare/view.ts";
import { sendPage, type Site } from "./_app.tsx";
import { ARTICLE, claims } from "./_claims.ts";
import { comparable, compareUrl, contenders, type Group } from "./_comparison.ts";
import { GRID, RING } from "./_modes.ts";
import { SAMPLER_MODULES } from "./_build.ts";
import type { Zoo } from "./_zoo.ts";

const DESCRIPTION =
  "DCGAN, LSGAN, WGAN, WGAN-GP and EBGAN side by side: the same networks and data, the same latent vector, and what was measured of each.";

export function compare(site: Site, zoo: Zoo) {
  return async (c: Context) => {
    const exhibits = await zoo.list();
    const groups = comparable(exhibits.flatMap((e) => "card" in e ? [e.card] : []));
    const asked = c.req.query("data");
    const group = groups.find(({ key }) => key === asked) ?? groups.at(0);
    const { search } = new URL(c.req.url);
    return sendPage(c, site, {
      title: "Compare the objectives · ganlet",
      description: DESCRIPTION,
      current: "compare",
      islands: group ? ["Compare"] : [],
      modules: group ? SAMPLER_MODULES.flatMap((module) => site.build.scriptUrls(module)) : [],
      children: (
        <>
          <header class="model-head">
            <h1>One latent vector, every objective.</h1>
            <p class="lead">
              The same data, the same networks and the same numbers in; what differs is what each
              generator was trained to minimise.
            </p>
            {groups.length > 1 && <DataSets groups={groups} current={group} />}
            <noscript>
              <p class="lead">
                Sampling needs JavaScript. Without it, here are samples of each model, and what was
                measured.
              </p>
            </noscript>
          </header>
          {group === undefined
            ? (
              <p class="lead">
                There is nothing to compare yet. <code>deno task train:all</code>{" "}
                trains all five objectives.
              </p>
            )
            : (
              <Island
                name="Compare"
                of={Compare}
                props={{
                  data: group === groups[0] ? "" : group.key,
                  contenders: contenders(
                    group.cards,
                    isFirstSample(parseView(search, group.cards[0].latentSize)) ? "first" : "all",
                  ),
                  latentSize: group.cards[0].latentSize,
                  imageShape: group.cards[0].imageShape,
                  wasmFiles: site.build.engineFiles(),
                  search,
                }}
              />
            )}
          <Article group={group} />
          <section class="truth" aria-labelledby="truth-title">
            <h2 id="truth-title">Where the truth is known</h2>
            <p>
              Gaussians in the plane, of which one can count what an objective of images hides: the
              modes that it never draws. Every dot is a training run from another seed. A sample is
              on a mode within three standard deviations of it; uneven shares of the modes are told
              as reverse KL divergence, 0 where each gets its own.
            </p>
            <div class="truth-tables">
              <ModesTable caption="A ring of 8" rows={RING} of={8} />
              <ModesTable caption="A grid of 25" rows={GRID} of={25} />
            </div>
          </section>
        </>
      ),
    });
  };
}

function DataSets({ groups, current }: { groups: Group[]; current?: Group }) {
  return (
    <nav class="choices" aria-label="Data sets">
      {groups.map((group) => (
        <a
          key={group.key}
          href={compareUrl(groups, group)}
          aria-current={group === current ? "page" : undefined}
        >
          {group.title}
        </a>
      ))}
    </nav>
  );
}

function Article({ group }: { group?: Group }) {
  return (
    <section class="article" aria-labelledby="article-title">
      <h2 id="article-title">What the article says, and what was measured</h2>
      <p>
        ganlet follows one article, <cite>{ARTICLE}</cite>, and its papers.{" "}
        {group && <>The figures here are those of {group.title}.</>}
      </p>
      <dl>
        {claims(group?.cards ?? []).map(({ quote, measured }) => (
          <div key={quote}>
            <dt>
              <q>{quote}</q>
            </dt>
            <dd>{measured.map((sentence) => <p key={sentence}>{sentence}</p>)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
