// Owns what exact prefix reuse, what engines do today, would have encoded for the same completions: the yardstick of the
// savings. It remembers the prompt that such an engine would hold. Reads no cell.
export class PrefixReuse {
  /** Tokens of the prompt that the latest completion made whole. */
  private held: Int32Array = new Int32Array(0);

  /** Tokens that prefix reuse would have encoded for `prompt`, where `tokensEncoded` were and the work was or wasn't completed. */
  charge(prompt: Int32Array, tokensEncoded: number, complete: boolean): number {
    // The last token is always encoded, for its logits.
    const kept = Math.min(sharedStart(this.held, prompt), prompt.length - 1);
    // Where the work was broken off, prefix reuse would have got no further for the same number of tokens.
    const charged = complete ? prompt.length - kept : Math.min(prompt.length - kept, tokensEncoded);
    this.held = prompt.subarray(0, kept + charged);
    return charged;
  }
}

function sharedStart(a: Int32Array, b: Int32Array): number {
  const end = Math.min(a.length, b.length);
  let length = 0;
  while (length < end && a[length] === b[length]) length += 1;
  return length;
}
