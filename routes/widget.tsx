/** GET /widget: everything about `<ganlet-sampler>`, with live examples of the zoo's first model. */

import type { Context } from "hono";
import type { ComponentChildren } from "preact";
import { anchorOf } from "../components/anchor.ts";
import { GanletElement } from "../components/GanletElement.tsx";
import { Island } from "../components/Island.tsx";
import { Example, exampleCode } from "../components/WidgetExample.tsx";
import { ReferenceTable } from "../components/ReferenceTable.tsx";
import * as reference from "../components/widget_reference.ts";
import type { ModelCard } from "../sampler/card.ts";
import WidgetExamples from "../islands/WidgetExamples.tsx";
import { sendPage, type Site } from "./_app.tsx";
import { WIDGET_ELEMENT } from "./_build.ts";
import { POSTER, showpiece, type Zoo } from "./_zoo.ts";
import { modelFileUrl } from "./models/[id].ts";

/** The page's sections, in its order. */
const LIVE = "Live examples";
const SECTIONS = [
  ...["Put it there", LIVE, "Attributes", "Properties", "Methods", "Events", "Slots"],
  ...["CSS parts", "Custom properties", "Content-Security-Policy", "Good to know"],
];

export function widgetPage(site: Site, zoo: Zoo) {
  return async (c: Context) => {
    const cards = (await zoo.list()).flatMap((e) => "card" in e ? [e.card] : []);
    const shown = showpiece(cards) ?? cards.at(0);
    const { origin } = new URL(c.req.url);
    return sendPage(c, site, {
      title: "<ganlet-sampler> · ganlet",
      description: "An element that puts a generator on any page: one script, one tag, and the " +
        "visitor's own browser draws.",
      current: "widget",
      islands: shown ? ["WidgetExamples"] : [],
      stylesheet: "static/manual.css",
      scripts: ["/widget.js"],
      modules: site.build.scriptUrls(WIDGET_ELEMENT),
      children: (
        <div class="manual">
          <header class="manual-head">
            <div class="prose">
              <h1>A generator on your own page.</h1>
              <p class="lead">
                One script, one tag. Your visitor's browser draws: no server computes, no frame, no
                further library. The script is 5 KB; the model comes when it is scrolled to.
              </p>
            </div>
            {shown
              ? (
                <GanletElement
                  src={`/models/${shown.id}/`}
                  alt={shown.title}
                  controls
                  loading="eager"
                />
              )
              : (
                <p>
                  The zoo is empty, so nothing here is live. Train a model with{" "}
                  <code>deno task train:wgan-gp</code>.
                </p>
              )}
          </header>
          <Contents sections={SECTIONS.filter((title) => shown || title !== LIVE)} />
          <PutItThere
            origin={origin}
            id={shown?.id ?? "wgan-gp-mnist"}
            alt={shown?.title ?? "Handwritten digits"}
          />
          {shown && <LiveExamples card={shown} />}
          <Reference />
          <Policy origin={origin} />
        </div>
      ),
    });
  };
}

function Contents({ sections }: { sections: readonly string[] }) {
  return (
    <nav class="contents" aria-label="On this page">
      <ul>
        {sections.map((title) => (
          <li key={title}>
            <a href={`#${anchorOf(title)}`}>{title}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function PutItThere({ origin, id, alt }: { origin: string; id: string; alt: string }) {
  const src = `${origin}/models/${id}/`;
  return (
    <section>
      <h2 id="put-it-there">Put it there</h2>
      <Code
        text={`<script type="module" src="${origin}/widget.js"></script>

${exampleCode({ src, alt, controls: true })}`}
      />
      <div class="columns">
        <div>
          <h3>In React 19</h3>
          <Code
            text={`import "ganlet-sampler";

<ganlet-sampler
  src="${src}"
  seed={seed}
  onsample={(event) => setLatent(event.detail.latent)}
/>`}
          />
        </div>
        <div>
          <h3>In Vue 3</h3>
          <Code
            text={`import "ganlet-sampler";
// compilerOptions.isCustomElement:
//   (tag) => tag === "ganlet-sampler"

<ganlet-sampler
  src="${src}"
  :seed="seed"
  @sample="latent = $event.detail.latent"
/>`}
          />
        </div>
        <div>
          <h3>In a frame</h3>
          <Code
            text={`<iframe
  src="${origin}/embed/${id}?seed=7"
  width="384" height="574" title="…"
></iframe>`}
          />
          <p>
            The page of a model names{" "}
            <code>/oembed</code>: where links unfold by oEmbed, its address is enough.
          </p>
        </div>
        <div>
          <h3>From your own server</h3>
          <p>
            <code>deno task pack</code> writes{" "}
            <code>dist-npm/</code>: a package with types for bundlers, whose files run as they are
            when you copy them to your server.
          </p>
        </div>
      </div>
    </section>
  );
}

/** Nothing fails before somebody asks for it. */
const ASKED = { reveal: "interaction", class: "failing" };

function LiveExamples({ card }: { card: ModelCard }) {
  const src = `/models/${card.id}/`;
  const poster = card.files[POSTER] &&
    modelFileUrl(card.id, POSTER, card.files[POSTER].sha256);
  return (
    <section>
      <h2 id={anchorOf(LIVE)}>{LIVE}</h2>
      <ul class="examples">
        <Example
          title="A grid"
          text="Sixteen seeds, drawn towards the mean."
          attributes={{ src, alt: card.title, seed: 100, rows: 4, columns: 4, truncation: 0.7 }}
        />
        <Example
          title="After a click"
          text="A poster, and nothing loaded before somebody asks. WebAssembly, even where there is WebGPU."
          attributes={{
            ...{ src, alt: card.title, poster, reveal: "interaction", loading: "lazy" },
            backend: "wasm",
          }}
        />
        <Example
          title="Slots and custom properties"
          text="A poster and progress of one's own; size, colours and smoothing by CSS."
          attributes={{ src, alt: card.title, controls: true, class: "framed" }}
          content={`  <p slot="poster">One moment</p>
  <p slot="progress-bar">Loading …</p>`}
          css={`.framed {
  --ganlet-size: 192px;
  --ganlet-accent: teal;
  --ganlet-background: #0000;
  --ganlet-image-rendering: auto;
}`}
        >
          <p slot="poster" class="own-poster">One moment</p>
          <p slot="progress-bar" class="own-progress">Loading …</p>
        </Example>
        <Example
          title="Every part"
          text="What the element consists of, each part by CSS: before a click, while it loads, and then."
          attributes={{
            ...{ src, alt: card.title, poster, reveal: "interaction", controls: true },
            class: "parts",
          }}
          css={`.parts::part(stage) { border-radius: 50%; }
.parts::part(poster) { filter: grayscale(1); }
.parts::part(reveal) { background: #0006; }
.parts::part(reveal-label) { border-radius: 2em; }
.parts::part(progress-bar) { block-size: 1em; }
.parts::part(canvas) { filter: sepia(0.6); }
.parts::part(controls) { justify-items: center; }
.parts::part(button) { border-radius: 2em; }
.parts::part(seed) { font-family: monospace; }
.parts::part(label) { inline-size: 80%; }
.parts::part(slider) { accent-color: teal; }`}
        />
        <Example
          title="When it fails"
          text="There is no such model: the part message says so in place, the event error to scripts."
          attributes={{ src: "/models/none/", alt: "A model that is not there", ...ASKED }}
          css={`.failing::part(message) { border-inline-start: 4px solid crimson; }`}
        />
      </ul>
      <Island name="WidgetExamples" of={WidgetExamples} props={{ src, title: card.title }} />
    </section>
  );
}

function Reference() {
  const { ATTRIBUTES, PROPERTIES, METHODS, EVENTS, SLOTS, PARTS, CUSTOM_PROPERTIES } = reference;
  return (
    <>
      <ReferenceTable title="Attributes" type="Values" entries={ATTRIBUTES} />
      <ReferenceTable title="Properties" type="Type" entries={PROPERTIES} />
      <ReferenceTable title="Methods" type="Signature" entries={METHODS} />
      <ReferenceTable title="Events" type="detail" entries={EVENTS} note="They do not bubble." />
      <ReferenceTable title="Slots" type="Content" entries={SLOTS} />
      <ReferenceTable title="CSS parts" type="Element" entries={PARTS} />
      <ReferenceTable title="Custom properties" type="Value" entries={CUSTOM_PROPERTIES} />
    </>
  );
}

function Policy({ origin }: { origin: string }) {
  return (
    <>
      <ReferenceTable
        title="Content-Security-Policy"
        type={`Sources; origin is ${origin}`}
        entries={reference.DIRECTIVES}
        note="What your page's policy must allow, if it has one. Styles need nothing."
      >
        <Code text={policy(origin)} />
      </ReferenceTable>
      <section class="prose">
        <h2 id="good-to-know">Good to know</h2>
        <ul>
          <li>
            All elements of a page share one WebGPU device or one worker, and those whose models
            have the same weights share these. The last to leave the page frees them.
          </li>
          <li>
            Your page needs no special headers. Where it is cross-origin isolated (COOP and COEP),
            WebAssembly uses several threads.
          </li>
          <li>
            Two versions of the script on one page: the first stays.
          </li>
          <li>
            Every control is in the Tab order, sliders take the arrow keys, each picture is named by
            its seed. “New picture” turns one into the next only where motion is welcome (<code>
              prefers-reduced-motion
            </code>).
          </li>
        </ul>
      </section>
    </>
  );
}

/** A policy that allows the element, and nothing else but the page's own files. */
function policy(origin: string): string {
  const directives = reference.DIRECTIVES.map(({ name, type }) =>
    `  ${name} 'self' ${type.replace("origin", origin)}`
  );
  return [
    "Content-Security-Policy:",
    ["  default-src 'self'", ...directives].join(";\n"),
  ].join("\n");
}

function Code({ text }: { text: string }): ComponentChildren {
  return <pre class="code" tabIndex={0}><code>{text}</code></pre>;
}
