import type { Context } from "hono";
import { objectiveName } from "../components/facts.ts";
import { Summary } from "../components/ModelFacts.tsx";
import { sendPage, type Site } from "./_app.tsx";
import type { Exhibit, Zoo } from "./_zoo.ts";
import { modelFileUrl } from "./models/[id].ts";

const DESCRIPTION =
  "Small generative adversarial networks, trained with Deno and TensorFlow.js and sampled in your own browser.";

const POSTER = "poster.png";

export function gallery(site: Site, zoo: Zoo) {
  return async (c: Context) => {
    const exhibits = await zoo.list();
    const shown = exhibits.find((e) => "card" in e && POSTER in e.card.files);
    return sendPage(c, site, {
      title: "ganlet · small generators, sampled in your browser",
      description: DESCRIPTION,
      image: shown && modelFileUrl(shown.id, POSTER),
      current: "gallery",
      children: (
        <>
          <section class="opening">
            <h1>Small generators, drawn as you drag.</h1>
            <p>
              Each model here is a generative adversarial network, trained with one command. Your
              own browser samples it: pick one and move through its latent space.
            </p>
          </section>
          {exhibits.length === 0 ? <EmptyGallery /> : (
            <ol class="gallery">
              {exhibits.map((exhibit) => (
                <li key={exhibit.id}>
                  <Exhibited exhibit={exhibit} />
                </li>
              ))}
            </ol>
          )}
        </>
      ),
    });
  };
}

function Exhibited({ exhibit }: { exhibit: Exhibit }) {
  if ("problem" in exhibit) {
    return (
      <article class="exhibit is-damaged">
        <div class="label">
          <h2>{exhibit.id}</h2>
          <p>This model cannot be shown: its card is damaged.</p>
          <p>
            <code>{exhibit.problem}</code>
          </p>
        </div>
      </article>
    );
  }
  const { id, card } = exhibit;
  const poster = card.files[POSTER];
  return (
    <article class="exhibit">
      <div class="exhibit-picture">
        {poster && (
          <img
            src={modelFileUrl(id, POSTER, poster.sha256)}
            alt={`Sixteen samples of ${card.title}`}
            width="512"
            height="512"
            loading="lazy"
          />
        )}
      </div>
      <div class="label">
        <h2>
          <a href={`/m/${id}`}>{card.title}</a>
        </h2>
        <p class="byline">{objectiveName(card.objective)}</p>
        <p>
          <Summary card={card} />
        </p>
        <p>Data: {card.dataset.licence}</p>
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
