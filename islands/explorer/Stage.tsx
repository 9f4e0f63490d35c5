import type { RefObject } from "preact";
import type { Status } from "./use_sampler.ts";
import { changesOf, type View } from "./view.ts";

interface Props {
  title: string;
  view: View;
  /** [height, width] of the model's pictures. */
  pictureSize: readonly [number, number];
  poster: string | null;
  canvas: RefObject<HTMLCanvasElement | null>;
  status: Status;
  /** Whether there is a sample to show. */
  isDrawn: boolean;
  /** What it took; null while that is not known. */
  milliseconds: number | null;
  unread: readonly string[];
}

/** The current sample, large, with what it is and how long it took; or why there is none. */
export function Stage(props: Props) {
  const {
    title,
    view,
    pictureSize: [height, width],
    poster,
    canvas,
    status,
    isDrawn,
    milliseconds,
  } = props;
  const changes = changesOf(view);
  return (
    <figure class="picture">
      <div class="frame">
        {poster && !isDrawn && status.kind !== "failed" && (
          <img src={poster} alt={`Drawn by ${title}`} width="512" height="512" />
        )}
        <canvas
          ref={canvas}
          width={width}
          height={height}
          role="img"
          aria-label={`The current sample of ${title}`}
          hidden={!isDrawn || status.kind === "failed"}
        />
        {status.kind === "loading" && (
          <progress max={1} value={status.fraction} aria-label="Loading the model" />
        )}
        {status.kind === "failed" && (
          <div class="failure" role="alert">
            <p>Nothing can be drawn here.</p>
            <p>{status.message}</p>
          </div>
        )}
      </div>
      <figcaption>
        <span>{whereIs(view)}</span>
        {changes > 0 && <span>{changes} changed</span>}
        <span class="timing">
          {milliseconds !== null &&
            `${milliseconds.toFixed(milliseconds < 100 ? 1 : 0)} ms a sample`}
        </span>
        {props.unread.length > 0 && (
          <span class="unread" role="status">
            Not understood in this address, and left out: {props.unread.join(", ")}
          </span>
        )}
      </figcaption>
    </figure>
  );
}

function whereIs({ seed, t, v, walk }: View): string {
  if (t !== null && v !== 0) {
    return `${Math.round(t * 100)} % across, ${Math.round(v * 100)} % down`;
  }
  if (t !== null) return `${Math.round(t * 100)} % from A to B`;
  if (walk !== null) return `Seed ${seed}, walked ${walk.toFixed(2)}`;
  return `Seed ${seed}`;
}
