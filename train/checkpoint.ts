import { createHash } from "node:crypto";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { isTemporary, writeAtomically } from "./atomic.ts";
import { Refusal } from "./refusal.ts";
import { reasonOf } from "./system_error.ts";

/** All that a run needs to go on from `step` as if it had never stopped. */
export interface Checkpoint {
  /** Generator steps done. */
  readonly step: number;
  /** The hyper-parameters; a resumed run must have the same. JSON values. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Whatever else the run keeps, for instance the seconds spent so far. A JSON value. */
  readonly state: unknown;
  readonly tensors: ReadonlyMap<string, TensorData>;
}

/** A float32 tensor outside tfjs: `data` holds the product of `shape` elements, last axis fastest. */
export interface TensorData {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

interface Header {
  step: number;
  settings: Record<string, unknown>;
  state: unknown;
  /** `offset` counts float32 elements from the end of the header. */
  tensors: { name: string; shape: number[]; offset: number }[];
}

// The file: magic (8 bytes), version and header length (uint32), the header as JSON padded with
// spaces to a multiple of 4, the tensors, SHA-256 of all before it (32 bytes). Numbers are
// little-endian, as is every machine that Deno runs on, so that float32 data is copied bit for bit.
const MAGIC = new TextEncoder().encode("ganletCK");
// Version 2: a run with one critic step draws the latents of both players from one stream.
const VERSION = 2;
const PREFIX = MAGIC.length + 8;
const DIGEST = 32;

/**
 * Writes `step-00001200.ckpt` into `folder` atomically, then removes all checkpoints but it and the
 * `keep` - 1 before it, and what killed processes left half written. Returns the file's path.
 *
 * Later steps are removed too: they are damaged, or of a run that this one replaces, and would
 * otherwise be what a resumed run begins with. Throws a Refusal when the folder cannot be written;
 * the older checkpoints are then still there.
 */
export async function writeCheckpoint(
  folder: string,
  checkpoint: Checkpoint,
  { keep = 2 }: { keep?: number } = {},
): Promise<string> {
  const { step } = checkpoint;
  const path = join(folder, `step-${String(step).padStart(8, "0")}.ckpt`);
  await writeAtomically(path, encode(checkpoint));

  const files = await checkpointFiles(folder);
  const kept = files.filter((file) => file.step <= step).slice(0, keep);
  for (const file of files) if (!kept.includes(file)) await Deno.remove(join(folder, file.name));
  for await (const { name } of Deno.readDir(folder)) {
    if (isTemporary(name) && name.includes(".ckpt.")) await Deno.remove(join(folder, name));
  }
  return path;
}

/** Reads one checkpoint. Throws a Refusal when the file is missing, damaged or not a checkpoint. */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(path);
  } catch (error) {
    throw new Refusal(`Cannot read ${path}: ${reasonOf(error)}`, 1, { cause: error });
  }
  return decode(bytes, path);
}

/**
 * The newest readable checkpoint of `folder`, with its path. Every damaged one that is passed over
 * is named to `say`. Throws a Refusal when none is left.
 */
export async function latestCheckpoint(
  folder: string,
  say: (message: string) => void = console.error,
): Promise<Checkpoint & { readonly path: string }> {
  const files = await checkpointFiles(folder);
  for (const { name } of files) {
    const path = join(folder, name);
    try {
      return { ...await readCheckpoint(path), path };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      say(`${error.message}: trying the one before`);
    }
  }
  throw new Refusal(
    files.length === 0
      ? `Nothing to resume: ${folder} holds no checkpoint. Run without --resume to start anew`
      : `Nothing to resume: none of the ${files.length} checkpoints in ${folder} can be read`,
  );
}

/**
 * Throws a Refusal (exit code 2) that names the first hyper-parameter in which `asked` differs from
 * the `saved` ones, with both values. Nested ones are named by their path, as in `optimizer.rate`.
 */
export function refuseOtherSettings(
  saved: Readonly<Record<string, unknown>>,
  asked: Readonly<Record<string, unknown>>,
): void {
  const before = new Map(leaves(saved));
  const now = new Map(leaves(asked));
  for (const name of new Set([...now.keys(), ...before.keys()])) {
    const [old, wanted] = [before.get(name) ?? "nothing", now.get(name) ?? "nothing"];
    if (old === wanted) continue;
    throw new Refusal(
      `Cannot resume: the run was started with ${name} ${old}, now ${wanted} is asked for. ` +
        "Ask for the same, or start another run without --resume",
      2,
    );
  }
}

/** Every value of nested settings as [path, JSON]; undefined counts as absent. */
function leaves(value: unknown, path = ""): [string, string][] {
  if (value === undefined) return [];
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [[path, JSON.stringify(value)]];
  }
  return Object.entries(value).flatMap(([name, inner]) =>
    leaves(inner, path === "" ? name : `${path}.${name}`)
  );
}

function encode({ step, settings, state, tensors }: Checkpoint): Uint8Array {
  const header: Header = { step, settings, state, tensors: [] };
  let elements = 0;
  for (const [name, { shape, data }] of tensors) {
    const expected = elementCount(shape);
    if (data.length !== expected) {
      throw new RangeError(
        `Tensor ${name} of shape [${shape}] needs ${expected} numbers, it holds ${data.length}`,
      );
    }
    header.tensors.push({ name, shape: [...shape], offset: elements });
    elements += data.length;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(json.length / 4) * 4;

  const bytes = new Uint8Array(PREFIX + headerLength + 4 * elements + DIGEST);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint32(MAGIC.length, VERSION, true);
  view.setUint32(MAGIC.length + 4, headerLength, true);
  bytes.fill(0x20, PREFIX, PREFIX + headerLength);
  bytes.set(json, PREFIX);
  let offset = PREFIX + headerLength;
  for (const { data } of tensors.values()) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  bytes.set(sha256(bytes.subarray(0, offset)), offset);
  return bytes;
}

function decode(bytes: Uint8Array, path: string): Checkpoint {
  if (!MAGIC.every((byte, index) => bytes[index] === byte)) {
    throw new Refusal(`${path} is not a ganlet checkpoint`);
  }
  const end = bytes.length - DIGEST;
  if (end < PREFIX) throw new Refusal(`${path} is damaged: cut short at ${bytes.length} bytes`);
  if (!isDeepStrictEqual(sha256(bytes.subarray(0, end)), bytes.slice(end))) {
    throw new Refusal(`${path} is damaged: its SHA-256 does not match its content`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const version = view.getUint32(MAGIC.length, true);
  if (version !== VERSION) {
    throw new Refusal(
      `${path} has checkpoint version ${version}, this ganlet reads version ${VERSION}`,
    );
  }
  const data = PREFIX + view.getUint32(MAGIC.length + 4, true);
  const header: Header = JSON.parse(new TextDecoder().decode(bytes.subarray(PREFIX, data)));

  const tensors = new Map<string, TensorData>();
  for (const { name, shape, offset } of header.tensors) {
    const start = data + 4 * offset;
    const copy = bytes.slice(start, start + 4 * elementCount(shape)); // aligned, and outlives `bytes`
    tensors.set(name, { shape, data: new Float32Array(copy.buffer) });
  }
  return { step: header.step, settings: header.settings, state: header.state, tensors };
}

/** Removes every checkpoint of `folder`: for a run that starts anew in another's place. */
export async function removeCheckpoints(folder: string): Promise<void> {
  for (const { name } of await checkpointFiles(folder)) await Deno.remove(join(folder, name));
}

/** The checkpoints of a folder by name, newest first; none when the folder does not exist. */
export async function checkpointFiles(folder: string): Promise<{ name: string; step: number }[]> {
  const files = [];
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      const match = /^step-(\d{8,})\.ckpt$/.exec(name);
      if (isFile && match) files.push({ name, step: Number(match[1]) });
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) {
      throw new Refusal(`Cannot read ${folder}: ${reasonOf(error)}`, 1, { cause: error });
    }
  }
  return files.sort((a, b) => b.step - a.step);
}

function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(bytes).digest());
}
