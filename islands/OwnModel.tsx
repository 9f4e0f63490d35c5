import { useEffect, useRef, useState } from "preact/hooks";
import { fileSize } from "../components/facts.ts";
import { Summary } from "../components/ModelFacts.tsx";
import type { EngineFiles } from "../sampler/mod.ts";
import Explorer from "./Explorer.tsx";
import { folderUrl, nameOf } from "./own/address.ts";
import { chosenModel, droppedFiles, type NamedFile } from "./own/dropped.ts";
import { ModelForm } from "./own/ModelForm.tsx";
import { type OpenModel, useOwnModel } from "./own/use_own_model.ts";

export interface OwnModelProps {
  wasmFiles: EngineFiles;
  /** The path of a model on this site, to try with; null where there is none. */
  example: string | null;
}

/** Larger than this is no small generator, and might be more than the page's memory. */
const MOST_BYTES = 256_000_000;

/**
 * A model of the visitor's own in the explorer. Its address is the fragment of the page's, which no
 * browser sends to a server: nobody learns what is looked at here.
 */
export default function OwnModel({ wasmFiles, example }: OwnModelProps) {
  const { model, bytes, problem, open, fail, stop } = useOwnModel();
  const [address, setAddress] = useState("");
  /** The view that the explorer begins with. */
  const [search, setSearch] = useState("");

  const openAddress = (text: string, view: string, isStep: boolean) => {
    setAddress(text);
    let folder: string;
    try {
      folder = folderUrl(text, location.origin);
    } catch (error) {
      return fail(error);
    }
    setAddress(folder);
    const wanted = `${location.pathname}${view}#${folder}`;
    if (location.pathname + location.search + location.hash !== wanted) {
      if (isStep) history.pushState(null, "", wanted);
      else history.replaceState(null, "", wanted);
    }
    setSearch(view);
    open(
      ({ urlSource }, signal) => urlSource(folder, { signal, mostBytes: MOST_BYTES }),
      nameOf(folder),
    );
  };

  const openFiles = async (named: readonly NamedFile[]) => {
    const { name, files } = chosenModel(named);
    const total = files.reduce((sum, { size }) => sum + size, 0);
    if (total > MOST_BYTES) {
      return fail(
        `These files hold ${fileSize(total)}, more than ${
          fileSize(MOST_BYTES)
        }: that is no small generator`,
      );
    }
    setAddress("");
    setSearch("");
    const isOpen = await open(({ fileSource }) => fileSource(files), name);
    // What was dropped has no address; that of the model before must not stay.
    if (isOpen) history.pushState(null, "", location.pathname);
  };

  useEffect(() => {
    const follow = () => {
      const named = location.hash.slice(1);
      if (named !== "") openAddress(named, location.search, false);
    };
    follow();
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);

  useEffect(() => {
    const allow = (event: DragEvent) => event.preventDefault();
    const drop = (event: DragEvent) => {
      // Unhandled, the browser would leave the page and show the file.
      event.preventDefault();
      if (event.dataTransfer) droppedFiles(event.dataTransfer).then(openFiles, fail);
    };
    addEventListener("dragover", allow);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", allow);
      removeEventListener("drop", drop);
    };
  }, []);

  return (
    <div class="own">
      <ModelForm
        address={address}
        example={example}
        isReading={bytes !== null}
        progress={bytes === null ? "" : `Reading, ${fileSize(bytes)} so far`}
        problem={problem}
        onType={setAddress}
        onAddress={(text) => openAddress(text, "", true)}
        onFiles={openFiles}
        onStop={stop}
      />
      {model && (
        <section class="own-model" aria-labelledby="own-title">
          <Opened key={model.url} model={model} />
          <Explorer
            key={`explorer of ${model.url}`}
            title={model.card.title}
            modelUrl={model.url}
            wasmFiles={wasmFiles}
            latentSize={model.card.latentSize}
            imageShape={model.card.imageShape}
            poster={null}
            hasDirections={"directions.json" in model.card.files}
            search={search}
          />
        </section>
      )}
    </div>
  );
}

/** What was opened. It takes the focus, so that everybody learns of it. */
function Opened({ model: { card, isInferred } }: { model: OpenModel }) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  const [height, width, channels] = card.imageShape;
  const size = card.files["model.json"].bytes + card.files["weights.bin"].bytes;
  return (
    <header class="own-head">
      <h2 id="own-title" tabIndex={-1} ref={title}>{card.title}</h2>
      <p class="lead">
        {width} × {height} {channels === 1 ? "grey" : "colour"} pictures from {card.latentSize}{" "}
        latent numbers, {fileSize(size)}.{" "}
        {isInferred ? "It has no card: this is what its layers say." : <Summary card={card} />}
      </p>
    </header>
  );
}
