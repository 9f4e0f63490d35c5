import { BackendChoices } from "./explorer/BackendChoices.tsx";
import { Interpolation } from "./explorer/Interpolation.tsx";
import { LatentSliders } from "./explorer/LatentSliders.tsx";
import { SampleGrid } from "./explorer/SampleGrid.tsx";
import { SeedForm } from "./explorer/SeedForm.tsx";
import { usePictures } from "./explorer/use_pictures.ts";
import { type ModelSource, useSampler } from "./explorer/use_sampler.ts";
import { type ChangeKind, useView } from "./explorer/use_view.ts";
import { hundredths, viewLatent } from "./explorer/view.ts";

export interface ExplorerProps extends ModelSource {
  title: string;
  latentSize: number;
  imageShape: [height: number, width: number, channels: number];
  /** Shown until the first sample; null where the model has none. */
  poster: string | null;
  /** The page's query string: the view. */
  search: string;
}

const GRID_SIZE = 24;

/** A generator to play with: one large sample, what makes it, and its neighbours. */
export default function Explorer(props: ExplorerProps) {
  const { title, latentSize, imageShape: [height, width], poster, search } = props;
  const [view, change] = useView(search, latentSize);
  const { sampler, status, onDrawError } = useSampler(props, view.backend);
  const { pictures, milliseconds } = usePictures(
    sampler,
    view,
    latentSize,
    GRID_SIZE,
    onDrawError,
  );
  const z = viewLatent(view, latentSize);
  const { seed, pins, t } = view;
  const isDrawn = milliseconds !== null;
  const changes = Object.keys(pins).length;
  const pictureSize = [height, width] as const;

  const chooseSeed = (seed: number, kind: ChangeKind = "step") =>
    change({ seed, pins: {}, t: null }, kind);
  // Leaving one's own sample for the way from A to B is a step to go back from; going along it is not.
  const travel = (value: number) =>
    change({ t: hundredths(value), ...(t === null && { pins: {} }) }, t === null ? "step" : "drag");

  return (
    <div class={width > 32 ? "explorer has-large-pictures" : "explorer"}>
      <div class="stage">
        <figure class="picture">
          <div class="frame">
            {poster && !isDrawn && status.kind !== "failed" && (
              <img src={poster} alt={`Samples of ${title}`} width="512" height="512" />
            )}
            <canvas
              ref={pictures.main}
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
            <span>{t === null ? `Seed ${seed}` : `${Math.round(t * 100)} % from A to B`}</span>
            {changes > 0 && <span>{changes} changed</span>}
            <span class="timing">
              {isDrawn && `${milliseconds.toFixed(milliseconds < 100 ? 1 : 0)} ms a sample`}
            </span>
          </figcaption>
        </figure>
        <BackendChoices
          chosen={view.backend}
          message={status.kind === "failed" ? "" : status.message}
          onChoose={(backend) => change({ backend }, "step")}
        />
      </div>

      <div class="controls">
        <SeedForm
          seed={seed}
          canReset={changes > 0 || t !== null || view.truncation !== 1}
          onSeed={chooseSeed}
          onReset={() => change({ pins: {}, t: null, truncation: 1 }, "step")}
        />
        <LatentSliders
          z={z}
          pins={pins}
          truncation={view.truncation}
          onTruncate={(value) => change({ truncation: hundredths(value) }, "drag")}
          onPin={(dimension, value) =>
            change({ pins: { ...pins, [dimension]: hundredths(value) } }, "drag")}
          onUnpin={(dimension) => {
            const { [dimension]: _, ...rest } = pins;
            change({ pins: rest }, "step");
          }}
        />
        <Interpolation
          a={view.a}
          b={view.b}
          t={t}
          pictureSize={pictureSize}
          canvases={pictures}
          onSlide={travel}
          onTake={(end) => change({ [end]: { seed, pins } }, "step")}
        />
        <SampleGrid
          firstSeed={view.grid}
          current={t === null && changes === 0 ? seed : null}
          pictureSize={pictureSize}
          canvases={pictures.grid}
          onPick={chooseSeed}
          onMove={(grid) => change({ grid }, "step")}
        />
      </div>
    </div>
  );
}
