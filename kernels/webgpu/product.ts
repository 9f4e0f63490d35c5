/**
 * A matrix product whose factors are gathered from tensors by rules in WGSL, as in a convolution that
 * is never laid out as a matrix: workgroups compute tiles of it, from tiles of both factors that their
 * threads share.
 */

const THREADS = 64;
const DEPTH = 16; // of a tile along the summed index
const EDGE = 4; // rows and columns that a thread computes

export interface Product {
  /** Declarations: bindings, constants. */
  readonly declarations: string;
  readonly columns: number;
  /** Declarations that the rules below use. They know the workgroup as `group`. */
  readonly start?: string;
  /**
   * WGSL expressions (u32) of the number of rows, and of the first and the end of the summed indices. They go by `id`, not
   * by `group`: a barrier stands in the loop over these, which must be seen to be the same for all threads.
   */
  readonly rows: string;
  readonly first?: string;
  readonly end: string;
  readonly left: Factor;
  readonly right: Factor;
  /** Body of a function of (row, column, value) that puts a number of the product. */
  readonly put: string;
}

export interface Factor {
  /** Body of a function of (row, k) or (k, column) that gives a number, or `isQuad`, that and its three neighbours. */
  readonly body: string;
  /** Whether neighbours are those of k; else of the row or column. */
  readonly isDeep: boolean;
  readonly isQuad: boolean;
}

/** Rows and columns of a workgroup's tile: narrow products have long tiles. */
export function tileOf(columns: number): { height: number; width: number } {
  const width = columns <= 8 ? 8 : 32;
  return { height: THREADS * EDGE * EDGE / width, width };
}

/** The program; its workgroups are [rows / height, columns / width, …]. */
export function productProgram(
  { declarations, columns, start = "", rows, first = "0u", end, left, right, put }: Product,
): string {
  const { height, width } = tileOf(columns);
  const across = width / EDGE;
  const down = height / EDGE;
  const each = (line: (i: number) => string) =>
    Array.from({ length: EDGE }, (_, i) => line(i)).join("\n");
  return `${declarations}
var<workgroup> lefts: array<f32, ${DEPTH * (height + 1)}>;
var<workgroup> rights: array<f32, ${DEPTH * (width + 1)}>;
var<private> group: vec3u;
${start}
fn leftOf(row: u32, k: u32) -> ${typeOf(left)} {${left.body}}
fn rightOf(k: u32, column: u32) -> ${typeOf(right)} {${right.body}}
fn put(row: u32, column: u32, value: f32) {${put}}

@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) thread: u32) {
  group = id;
  let rows = ${rows};
  let end = ${end};
  let top = id.x * ${height}u;
  let side = id.y * ${width}u;
  let y = thread / ${across}u;
  let x = thread % ${across}u;
${each((i) => `  var sum${i} = vec4f();`)}
  for (var k = ${first}; k < end; k += ${DEPTH}u) {
${fetch(left, height, "lefts", "top + edge < rows", "leftOf(top + edge, k + deep)")}
${fetch(right, width, "rights", `side + edge < ${columns}u`, "rightOf(k + deep, side + edge)")}
    workgroupBarrier();
    for (var deep = 0u; deep < ${DEPTH}u; deep++) {
      let at = deep * ${width + 1}u + x * ${EDGE}u;
      let b = vec4f(rights[at], rights[at + 1u], rights[at + 2u], rights[at + 3u]);
${each((i) => `      sum${i} += lefts[deep * ${height + 1}u + y + ${i * down}u] * b;`)}
    }
    workgroupBarrier();
  }
  for (var i = 0u; i < ${EDGE}u; i++) {
    let column = side + x * ${EDGE}u + i;
    if (column >= ${columns}u) { break; }
${
    each((i) =>
      `    if (top + y + ${i * down}u < rows) { put(top + y + ${i * down}u, column, sum${i}[i]); }`
    )
  }
  }
}
`;
}

const typeOf = ({ isQuad }: Factor) => isQuad ? "vec4f" : "f32";

/** The threads fetch a tile of a factor, `edge` being its row or column. */
function fetch(
  { isDeep, isQuad }: Factor,
  edges: number,
  tile: string,
  inside: string,
  value: string,
): string {
  const step = isQuad ? 4 : 1;
  const [run, runs] = isDeep ? [DEPTH / step, edges] : [edges / step, DEPTH];
  const [near, far] = isDeep ? ["deep", "edge"] : ["edge", "deep"];
  const stride = edges + 1; // by one more than a power of two: neighbours lie in different banks
  const puts = Array.from({ length: step }, (_, i) => {
    const at = isDeep ? `(deep + ${i}u) * ${stride}u + edge` : `deep * ${stride}u + edge + ${i}u`;
    return `      ${tile}[${at}] = value${isQuad ? `[${i}]` : ""};`;
  });
  return `    for (var i = thread; i < ${run * runs}u; i += ${THREADS}u) {
      let ${near} = i % ${run}u * ${step}u;
      let ${far} = i / ${run}u;
      var value = ${isQuad ? "vec4f()" : "0f"};
      if (${inside} && k + deep < end) { value = ${value}; }
${puts.join("\n")}
    }`;
}
