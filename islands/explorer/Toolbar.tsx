import { useEffect, useState } from "preact/hooks";
import { CopyButton } from "./CopyButton.tsx";
import type { ChangeKind, UsedView } from "./use_view.ts";
import { MAX_SEED, parseSeed } from "./view.ts";

interface Props extends Pick<UsedView, "undo" | "redo"> {
  seed: number;
  canReset: boolean;
  isFavourite: boolean;
  onSeed: (seed: number, kind: ChangeKind) => void;
  onReset: () => void;
  onFavourite: () => void;
}

/** Random seeds stay short enough to read out; the field takes all 32 bits. */
const RANDOM_SEEDS = 1_000_000;

/** Where the current sample comes from, and the ways to another, back, and to keep it. */
export function Toolbar(props: Props) {
  const { seed, canReset, isFavourite, onSeed, onReset, onFavourite, undo, redo } = props;
  const [text, setText] = useState(String(seed));
  useEffect(() => setText(String(seed)), [seed]);
  const typed = parseSeed(text);
  return (
    <form
      class="seed-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (typed !== null) onSeed(typed, "step");
      }}
    >
      <label>
        <span>Seed</span>
        <input
          type="text"
          inputMode="numeric"
          autocomplete="off"
          value={text}
          aria-invalid={typed === null}
          aria-describedby="seed-hint"
          onInput={(event) => {
            setText(event.currentTarget.value);
            const seed = parseSeed(event.currentTarget.value);
            if (seed !== null) onSeed(seed, "drag"); // typing is one step, not one a digit
          }}
        />
      </label>
      <button type="button" class="primary" onClick={() => onSeed(randomSeed(), "step")}>
        Randomise
      </button>
      <div class="tools">
        <button type="button" disabled={!canReset} onClick={onReset}>Reset</button>
        <button
          type="button"
          aria-label="Undo"
          title="Undo"
          disabled={!undo}
          onClick={() => undo?.()}
        >
          <span aria-hidden="true">↶</span>
        </button>
        <button
          type="button"
          aria-label="Redo"
          title="Redo"
          disabled={!redo}
          onClick={() => redo?.()}
        >
          <span aria-hidden="true">↷</span>
        </button>
        <button
          type="button"
          aria-label="Favourite"
          title="Keep this sample among the favourites"
          aria-pressed={isFavourite}
          onClick={onFavourite}
        >
          <span aria-hidden="true">{isFavourite ? "★" : "☆"}</span>
        </button>
        <CopyButton what="link" text={() => location.href} />
      </div>
      <p id="seed-hint" class="hint" hidden={typed !== null}>
        A seed is a whole number from 0 to {MAX_SEED}.
      </p>
    </form>
  );
}

function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] % RANDOM_SEEDS;
}
