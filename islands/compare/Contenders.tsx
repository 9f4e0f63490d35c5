import type { Ref } from "preact";
import type { Sampler } from "../../sampler/mod.ts";
import type { Outcome } from "./shelf.ts";

export interface Contender {
  id: string;
  /** Short: the objective where no other model shares it. */
  name: string;
  /** Shown until the first sample; null where the model has none. */
  poster: string | null;
}

interface Props {
  contenders: readonly Contender[];
  outcomes: ReadonlyMap<string, Outcome<Sampler>>;
  /** Models whose canvas shows a sample. */
  drawn: ReadonlySet<string>;
  /** [height, width] of the models' pictures. */
  pictureSize: readonly [number, number];
  /** What a sample takes, by model, where it is known. */
  milliseconds?: ReadonlyMap<string, number>;
  canvasOf: (id: string) => Ref<HTMLCanvasElement>;
}

/** The current sample of every model, side by side. */
export function Contenders(props: Props) {
  const { contenders, outcomes, drawn, pictureSize, milliseconds, canvasOf } = props;
  const [height, width] = pictureSize;
  return (
    <ul class={`contenders of-${Math.min(6, contenders.length)}`}>
      {contenders.map(({ id, name, poster }) => {
        const outcome = outcomes.get(id);
        const problem = typeof outcome === "object" && "problem" in outcome ? outcome.problem : "";
        return (
          <li key={id} data-model={id}>
            <figure>
              <div class="contender-frame">
                {poster && !drawn.has(id) && !problem && (
                  <img src={poster} alt={`Drawn by ${name}`} width="512" height="512" />
                )}
                <canvas
                  ref={canvasOf(id)}
                  width={width}
                  height={height}
                  role="img"
                  aria-label={`The current sample of ${name}`}
                  hidden={!drawn.has(id) || problem !== ""}
                />
                {problem && <p class="contender-problem" role="alert">{problem}</p>}
              </div>
              <figcaption>
                <a href={`/m/${id}`}>{name}</a>
                {milliseconds?.has(id) && <small>{milliseconds.get(id)!.toFixed(1)} ms</small>}
              </figcaption>
            </figure>
          </li>
        );
      })}
    </ul>
  );
}
