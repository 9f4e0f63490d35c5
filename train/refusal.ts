/**
 * Something the user can put right: one clear line that says what was wanted, what was found and what to do.
 * The command line prints the message alone and leaves with `exitCode` (2: wrong usage, 1: anything else).
 */
export class Refusal extends Error {
  override readonly name = "Refusal";
  constructor(message: string, readonly exitCode: 1 | 2 = 1, options?: ErrorOptions) {
    super(message, options);
  }
}
