import type { Backend } from "./backend.ts";

/** The GPU is gone, or has refused work: the message says why. */
export class DeviceFailed extends Error {
  override readonly name = "DeviceFailed";
}

/**
 * Passes on `steps` for as long as the backend's device works, and throws DeviceFailed when it fails, even where a step
 * then never ends: a lost device may leave its promises open for ever.
 */
export async function* whileWorking<T>(
  { failed }: Pick<Backend, "failed">,
  steps: AsyncGenerator<T>,
): AsyncGenerator<T> {
  if (!failed) return yield* steps;
  let working = true;
  const failure = failed.then((reason): never => {
    working = false;
    throw new DeviceFailed(reason);
  });
  failure.catch(() => {}); // nobody waits for it after the last step
  try {
    for (let next; !(next = await Promise.race([failure, steps.next()])).done;) yield next.value;
  } finally {
    const ended = steps.return(undefined);
    if (working) await ended;
    else ended.catch(() => {});
  }
}
