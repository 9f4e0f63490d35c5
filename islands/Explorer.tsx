import { useRef } from "preact/hooks";
import { BackendChoices } from "./explorer/BackendChoices.tsx";
import { Benchmark } from "./explorer/Benchmark.tsx";
import { LoopExport } from "./explorer/LoopExport.tsx";
import type { NeighbourPicture } from "./explorer/Neighbours.tsx";
import { Samples } from "./explorer/Samples.tsx";
import { SliderSets } from "./explorer/SliderSets.tsx";
import { Stage } from "./explorer/Stage.tsx";
import { Toolbar } from "./explorer/Toolbar.tsx";
import { type TrainingRecord, TrainingScrubber } from "./explorer/TrainingScrubber.tsx";
import { Travel } from "./explorer/Travel.tsx";
import { useDirections } from "./explorer/use_directions.ts";
import { favouriteOf, useFavourites } from "./explorer/use_favourites.ts";
import { type Playing, useMainPicture } from "./explorer/use_main_picture.ts";
import { type ModelSource, useSampler } from "./explorer/use_sampler.ts";
import { type ChangeKind, useView } from "./explorer/use_view.ts";
import { useWalk } from "./explorer/use_walk.ts";
import { changesOf, seedPoint } from "./explorer/view.ts";
import { viewLatent } from "./explorer/view_latent.ts";
import { Walk } from "./explorer/Walk.tsx";

export interface ExplorerProps extends ModelSource {
  title: string;
  latentSize: number;
  imageShape: [height: number, width: number, channels: number];
  /** Shown until the first sample; null where the model has none. */
  poster: string | null;
  /** The page's query string: the view. */
  search: string;
  /** Whether the model has directions.json. */
  hasDirections?: boolean;
  /** Samples beside the training images nearest to them. */
  neighbours?: NeighbourPicture | null;
  /** How training went, null where nothing is recorded, or why that cannot be read. */
  training?: TrainingRecord | { problem: string } | null;
}

/** A generator to play with: one large sample, what makes it, the ways to others, and how it came to be. */
export default function Explorer(props: ExplorerProps) {
  const { title, modelUrl, wasmFiles, latentSize, imageShape: [height, width], poster } = props;
  const { view, change, unread, undo, redo } = useView(props.search, latentSize);
  const { sampler, status, onDrawError } = useSampler(props, view.backend);
  const { directions, vectors } = useDirections(modelUrl, props.hasDirections ?? false, sampler);
  const playing: Playing = useRef(null);
  const { canvas, times, painter } = useMainPicture(
    sampler,
    view,
    vectors,
    playing,
    latentSize,
    onDrawError,
  );
  const walk = useWalk(view, change, playing);
  const favourites = useFavourites(modelUrl);

  const z = viewLatent(view, latentSize, vectors ?? undefined);
  const common = { view, painter, vectors, latentSize, pictureSize: [height, width] as const };
  const favourite = favouriteOf(view);
  const { seed, t, truncation } = view;
  const isOwn = t === null && view.walk === null && changesOf(view) === 0;
  const chooseSeed = (seed: number, kind: ChangeKind = "step") =>
    change({ ...seedPoint(seed), t: null, v: 0, walk: null }, kind);

  return (
    <>
      <div class={width > 32 ? "explorer has-large-pictures" : "explorer"}>
        <div class="stage">
          <Stage
            title={title}
            view={view}
            pictureSize={common.pictureSize}
            poster={poster}
            canvas={canvas}
            status={status}
            milliseconds={sampler ? times[sampler.backend] ?? null : null}
            isDrawn={Object.keys(times).length > 0}
            unread={unread}
          />
          <div class="computing">
            <BackendChoices
              chosen={view.backend}
              times={times}
              message={status.kind === "failed" ? "" : status.message}
              onChoose={(backend) => change({ backend }, "glance")}
            />
            <Benchmark modelUrl={modelUrl} wasmFiles={wasmFiles} />
          </div>
        </div>

        <div class="controls">
          <Toolbar
            seed={seed}
            canReset={!isOwn || truncation !== 1}
            isFavourite={favourites.kept.includes(favourite)}
            undo={undo}
            redo={redo}
            onSeed={chooseSeed}
            onReset={() =>
              change({ ...seedPoint(seed), t: null, v: 0, walk: null, truncation: 1 }, "step")}
            onFavourite={() => favourites.toggle(favourite)}
          />
          <SliderSets view={view} z={z} directions={directions} change={change} />
          <Travel {...common} change={change} />
          <section class="motion" aria-labelledby="motion-title">
            <h2 id="motion-title">In motion</h2>
            <Walk
              walk={walk}
              speed={view.speed}
              onSpeed={(speed) => change({ speed }, "glance")}
              canPlay={painter !== null}
            />
            <LoopExport
              {...common}
              change={change}
              name={modelUrl.split("/").at(-2) ?? "ganlet"}
            />
          </section>
          <Samples
            {...common}
            favourites={favourites}
            neighbours={props.neighbours ?? null}
            change={change}
          />
        </div>
      </div>
      {props.training && (
        <TrainingScrubber
          record={props.training}
          step={view.step}
          onStep={(step) => change({ step }, "glance")}
        />
      )}
    </>
  );
}
