import type { ModelCard } from "../sampler/card.ts";
import { pathOf } from "./_navigation.ts";

/** A first step for each kind of visitor. `example` is a model of the zoo, where it has any. */
export function StartHere({ example }: { example?: ModelCard }) {
  const widget = pathOf("widget");
  const explore = pathOf("explore");
  return (
    <section class="start" aria-labelledby="start-title">
      <h2 id="start-title">Start here</h2>
      <ul>
        <li>
          <h3>You study or teach</h3>
          <p>
            See why the objectives differ: the same data, the same networks, the same latent vector,
            and what an article claims beside what was measured.
          </p>
          <p>
            <a href="/compare">Compare the objectives</a>
          </p>
        </li>
        <li>
          <h3>You make things for the web</h3>
          <p>
            A generator is two files of a few megabytes that draw a new picture in milliseconds, on
            any visitor's machine, without a server.
          </p>
          <p>
            {widget
              ? <a href={widget}>Put one on your page</a>
              : example && <a href={`/m/${example.id}`}>Play with one</a>}
          </p>
        </li>
        <li>
          <h3>You train networks</h3>
          <p>
            Train on your own images, on a GPU or a plain CPU, and ship what comes out as static
            files:{" "}
            <code>
              deno task train:wgan-gp <span class="whole">--data ./photos</span>
            </code>
          </p>
          {explore && (
            <p>
              <a href={explore}>Open your own model</a>
            </p>
          )}
        </li>
      </ul>
    </section>
  );
}
