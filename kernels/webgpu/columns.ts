/**
 * Sums over all axes but the last, the channels: a tensor is a matrix [rows, channels], cut into chunks
 * of rows so that many workgroups share it. One program writes each chunk's sums, the next adds them up.
 */
import * as tf from "@tensorflow/tfjs-core";

const THREADS = 256;
const [LEAST_ROWS, MOST_CHUNKS] = [64, 64];

/** How a tensor is cut. A workgroup has `lanes` channels side by side and 256 / lanes rows at a time. */
export interface Columns {
  readonly channels: number;
  readonly rows: number;
  readonly chunks: number;
  readonly rowsOfChunk: number;
  readonly lanes: number;
  readonly workgroups: readonly [x: number, y: number];
}

export function columnsOf(shape: readonly number[]): Columns {
  const channels = shape.at(-1)!;
  const rows = tf.util.sizeFromShape([...shape]) / channels;
  const rowsOfChunk = Math.max(LEAST_ROWS, Math.ceil(rows / MOST_CHUNKS));
  const chunks = Math.ceil(rows / rowsOfChunk);
  const lanes = Math.min(64, 2 ** Math.ceil(Math.log2(channels)));
  return {
    ...{ channels, rows, chunks, rowsOfChunk, lanes },
    workgroups: [Math.ceil(channels / lanes), chunks],
  };
}

/**
 * A program for a matrix so cut. `body` runs in each thread, which has the channel `channel` (`inside`
 * says whether there is such a channel) and of its workgroup's chunk `group.y` the rows
 * `for (var row = first; row < end; row += DOWN)`. It may call
 * - `total(value)`: the sum of `value` over the threads of a channel, the same in each of them;
 * - `place(kind, chunk)`: where a chunk's sum of this channel is kept among the sums of several kinds.
 */
export function columnsProgram(
  { channels, rows, chunks, rowsOfChunk, lanes }: Columns,
  declarations: string,
  body: string,
): string {
  return `${declarations}
const CHANNELS = ${channels}u;
const ROWS = ${rows}u;
const CHUNKS = ${chunks}u;
const CHUNK = ${rowsOfChunk}u;
const LANES = ${lanes}u;
const DOWN = ${THREADS / lanes}u;
var<workgroup> addends: array<f32, ${THREADS}>;
var<private> thread: u32;
var<private> channel: u32;

fn total(value: f32) -> f32 {
  workgroupBarrier(); // nobody reads the last total any more
  addends[thread] = value;
  for (var gap = ${THREADS / 2}u; gap >= LANES; gap /= 2u) {
    workgroupBarrier();
    if (thread < gap) { addends[thread] += addends[thread + gap]; }
  }
  workgroupBarrier();
  return addends[thread % LANES];
}

fn place(kind: u32, chunk: u32) -> u32 { return (kind * CHUNKS + chunk) * CHANNELS + channel; }

/** Rows of a chunk: the last one may have fewer. */
fn rowsOf(chunk: u32) -> f32 { return f32(min(CHUNK, ROWS - chunk * CHUNK)); }

@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  thread = index;
  channel = group.x * LANES + index % LANES;
  let inside = channel < CHANNELS;
  let first = select(ROWS, group.y * CHUNK + index / LANES, inside);
  let end = min(ROWS, (group.y + 1u) * CHUNK);
${body}
}
`;
}
