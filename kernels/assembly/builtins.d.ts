/**
 * What these sources use of AssemblyScript beyond TypeScript, so that `deno check` knows it: types,
 * and functions that the compiler turns into single instructions. Add what you need. (Its own
 * declarations clash with those of TypeScript's standard library.)
 */
declare type i16 = number;
declare type i32 = number;
declare type i64 = number;
declare type u32 = number;
declare type u64 = number;
declare type usize = number;
declare type f32 = number;
declare type f64 = number;
declare type bool = boolean;

/** True in the build with relaxed SIMD, a constant: the other branch is not compiled. */
declare const ASC_FEATURE_RELAXED_SIMD: bool;
/** True in the build for a shared memory, a constant. */
declare const ASC_FEATURE_THREADS: bool;

/** What threads see of one another; only where ASC_FEATURE_THREADS. */
declare namespace atomic {
  function load<T>(at: usize): T;
  /** These give what was there before. */
  function add<T>(at: usize, value: T): T;
  function sub<T>(at: usize, value: T): T;
  /** Sleeps while the value is as expected, until notify(), at most so many nanoseconds unless negative. */
  function wait<T>(at: usize, expected: T, timeout: i64): i32;
  function notify(at: usize, count: i32): i32;
}

/** At `at + offset` bytes; `offset` must be a literal. */
declare function load<T>(at: usize, offset?: usize): T;
declare function store<T>(at: usize, value: T, offset?: usize): void;

declare namespace memory {
  function copy(to: usize, from: usize, bytes: usize): void;
  function fill(to: usize, value: u32, bytes: usize): void;
}

declare function min<T>(a: T, b: T): T;
declare function max<T>(a: T, b: T): T;
declare function abs<T>(a: T): T;
declare function sqrt<T>(a: T): T;
declare function floor<T>(a: T): T;
declare function ceil<T>(a: T): T;
declare function nearest<T>(a: T): T;
declare function select<T>(ifTrue: T, ifFalse: T, condition: bool): T;
declare function reinterpret<T>(value: number): T;

/** 128 bits: four f32, four i32, two f64 or 16 bytes. */
declare class v128 {
  private lanes: never;
  static load(at: usize, offset?: usize): v128;
  static store(at: usize, value: v128, offset?: usize): void;
  static load_splat<T>(at: usize, offset?: usize): v128;
  /** The first 64 or 32 bits from memory, the others 0. */
  static load_zero<T>(at: usize, offset?: usize): v128;
  static load_lane<T>(at: usize, value: v128, lane: number, offset?: usize): v128;
  static load_ext<T>(at: usize, offset?: usize): v128;
  static store_lane<T>(at: usize, value: v128, lane: number, offset?: usize): void;
  static shuffle<T>(a: v128, b: v128, ...lanes: number[]): v128;
  static relaxed_madd<T>(a: v128, b: v128, c: v128): v128;
  static bitselect(ifOne: v128, ifZero: v128, mask: v128): v128;
  static and(a: v128, b: v128): v128;
  static or(a: v128, b: v128): v128;
  static xor(a: v128, b: v128): v128;
  static not(a: v128): v128;
  static andnot(a: v128, b: v128): v128;
  static any_true(a: v128): bool;
}

declare function f32x4(a: f32, b: f32, c: f32, d: f32): v128;
declare namespace f32x4 {
  function splat(x: f32): v128;
  function extract_lane(x: v128, lane: number): f32;
  function replace_lane(x: v128, lane: number, value: f32): v128;
  function add(a: v128, b: v128): v128;
  function sub(a: v128, b: v128): v128;
  function mul(a: v128, b: v128): v128;
  function div(a: v128, b: v128): v128;
  function neg(a: v128): v128;
  function abs(a: v128): v128;
  function sqrt(a: v128): v128;
  function min(a: v128, b: v128): v128;
  function max(a: v128, b: v128): v128;
  function pmin(a: v128, b: v128): v128;
  function pmax(a: v128, b: v128): v128;
  function gt(a: v128, b: v128): v128;
  function ge(a: v128, b: v128): v128;
  function lt(a: v128, b: v128): v128;
  function le(a: v128, b: v128): v128;
  function eq(a: v128, b: v128): v128;
  function ne(a: v128, b: v128): v128;
  function floor(a: v128): v128;
  function nearest(a: v128): v128;
  function convert_i32x4_s(a: v128): v128;
  function demote_f64x2_zero(a: v128): v128;
}

declare namespace f64x2 {
  function splat(x: f64): v128;
  function extract_lane(x: v128, lane: number): f64;
  function add(a: v128, b: v128): v128;
  function sub(a: v128, b: v128): v128;
  function mul(a: v128, b: v128): v128;
  function div(a: v128, b: v128): v128;
  function promote_low_f32x4(a: v128): v128;
}

declare namespace i32x4 {
  function splat(x: i32): v128;
  function extract_lane(x: v128, lane: number): i32;
  function add(a: v128, b: v128): v128;
  function sub(a: v128, b: v128): v128;
  function shl(a: v128, bits: i32): v128;
  function shr_s(a: v128, bits: i32): v128;
  function shr_u(a: v128, bits: i32): v128;
  function gt_s(a: v128, b: v128): v128;
  function trunc_sat_f32x4_s(a: v128): v128;
}

declare namespace i16x8 {
  function narrow_i32x4_s(a: v128, b: v128): v128;
}

declare namespace u8x16 {
  function narrow_i16x8(a: v128, b: v128): v128;
}

declare function i8x16(...lanes: i32[]): v128;
declare namespace i8x16 {
  function narrow_i16x8_u(a: v128, b: v128): v128;
  function swizzle(a: v128, lanes: v128): v128;
}
