import type { Context } from "hono";
import { Island } from "../components/Island.tsx";
import OwnModel from "../islands/OwnModel.tsx";
import { sendPage, type Site } from "./_app.tsx";
import { contentSecurityPolicy } from "./_middleware.ts";
import type { Zoo } from "./_zoo.ts";

const DESCRIPTION =
  "Open your own generator in ganlet's explorer: drop its files or give their address. All of it happens in your browser, nothing is uploaded.";

/** Models of visitors come from wherever they are; in development from the visitor's own machine. */
const POLICY = contentSecurityPolicy({ "connect-src": "'self' https: http://localhost:*" });

export function explore(site: Site, zoo: Zoo) {
  return async (c: Context) => {
    const exhibits = await zoo.list();
    const example = exhibits.find((exhibit) => "card" in exhibit);
    c.header("Content-Security-Policy", POLICY);
    return sendPage(c, site, {
      title: "Your own model · ganlet",
      description: DESCRIPTION,
      current: "explore",
      islands: ["OwnModel"],
      children: (
        <>
          <header class="model-head">
            <h1>Your own model</h1>
            <p class="lead">
              Open a generator of yours in the explorer. It is read, checked and sampled in this
              browser; nothing is uploaded.
            </p>
            <noscript>
              <p class="lead">This page needs JavaScript, since nothing leaves your browser.</p>
            </noscript>
          </header>
          <Island
            name="OwnModel"
            of={OwnModel}
            props={{
              wasmFiles: site.build.engineFiles(),
              example: example ? `/models/${example.id}/` : null,
            }}
          />
          <section class="facts" aria-labelledby="formats-title">
            <h2 id="formats-title">What can be opened</h2>
            <dl>
              <div>
                <dt>A model of ganlet's</dt>
                <dd>
                  The folder that training writes: <code>card.json</code>, <code>model.json</code>,
                  {" "}
                  <code>weights.bin</code>. Lengths and hashes are checked against the card.
                </dd>
              </div>
              <div>
                <dt>A LayersModel</dt>
                <dd>
                  <code>model.json</code>{" "}
                  and its weights as TensorFlow.js saves or converts them, without a card: latents
                  and images are inferred from the layers. Sequential models of Reshape,
                  Conv2DTranspose, BatchNormalization, LeakyReLU and a tanh at the end are sampled.
                </dd>
              </div>
              <div>
                <dt>An address</dt>
                <dd>
                  Of the folder, on a server that lets other sites read it (<code>
                    Access-Control-Allow-Origin
                  </code>), or on your own machine at{" "}
                  <code>http://localhost</code>. It becomes a part of this page's own address,
                  behind the{" "}
                  <code>#</code>, so that you can link to what you see; no server learns of it.
                </dd>
              </div>
            </dl>
          </section>
        </>
      ),
    });
  };
}
