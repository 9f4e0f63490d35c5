import { useEffect, useState } from "preact/hooks";
import type { ChangeKind } from "./use_view.ts";
import { MAX_SEED, parseSeed } from "./view.ts";

interface Props {
  seed: number;
  canReset: boolean;
  onSeed: (seed: number, kind: ChangeKind) => void;
  onReset: () => void;
}

/** Random seeds stay short enough to read out; the field takes all 32 bits. */
const RANDOM_SEEDS = 1_000_000;

export function SeedForm({ seed, canReset, onSeed, onReset }: Props) {
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
      <button type="button" disabled={!canReset} onClick={onReset}>Reset</button>
      <p id="seed-hint" class="hint" hidden={typed !== null}>
        A seed is a whole number from 0 to {MAX_SEED}.
      </p>
    </form>
  );
}

function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] % RANDOM_SEEDS;
}
