import { useEffect, useState } from "preact/hooks";
import type { ChangeKind } from "../explorer/use_view.ts";
import { MAX_SEED, parseSeed } from "../explorer/view.ts";

interface Props {
  seed: number;
  canReset: boolean;
  onSeed: (seed: number, kind: ChangeKind) => void;
  onReset: () => void;
}

/** Random seeds stay short enough to read out; the field takes all 32 bits. */
const RANDOM_SEEDS = 1_000_000;

/** The seed of all models' sample: typed, random, or put back to what it makes by itself. */
export function SeedForm({ seed, canReset, onSeed, onReset }: Props) {
  const [text, setText] = useState(String(seed));
  useEffect(() => setText(String(seed)), [seed]);
  const isSeed = parseSeed(text) !== null;
  return (
    <form class="seed-form" onSubmit={(event) => event.preventDefault()}>
      <label>
        <span>Seed</span>
        <input
          type="text"
          inputMode="numeric"
          autocomplete="off"
          value={text}
          aria-invalid={!isSeed}
          aria-describedby="seed-hint"
          onInput={(event) => {
            setText(event.currentTarget.value);
            const seed = parseSeed(event.currentTarget.value);
            if (seed !== null) onSeed(seed, "drag"); // typing is one step, not one a digit
          }}
        />
      </label>
      <button
        type="button"
        class="primary"
        onClick={() => onSeed(crypto.getRandomValues(new Uint32Array(1))[0] % RANDOM_SEEDS, "step")}
      >
        Randomise
      </button>
      <button type="button" disabled={!canReset} onClick={onReset}>Reset</button>
      <p id="seed-hint" class="hint" hidden={isSeed}>
        A seed is a whole number from 0 to {MAX_SEED}.
      </p>
    </form>
  );
}
