// Owns the sentinels of fill-in-the-middle and of chat that a model may spell as plain text: nothing from there on is code.
// Pure; the tokens that are sentinels end a completion by themselves.

/** As StarCoder, Qwen, CodeLlama, DeepSeek, Codestral and Granite write them. */
const sentinels = [
  "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|fim_pad|>", "<|file_sep|>", "<|repo_name|>", "<|endoftext|>", "<|im_start|>", "<|im_end|>",
  "<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<fim_pad>", "<file_sep>", "<reponame>", "<filename>", "<empty_output>",
  "<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>", "<｜end▁of▁sentence｜>", "<PRE>", "<SUF>", "<MID>", "<EOT>", "[PREFIX]", "[SUFFIX]", "[MIDDLE]",
  "<|cursor|>", "<|user_cursor|>",
];

/**
 * Length of `text` before the first sentinel, a beginning of one at its end included. One that the document has itself is
 * no leak: somebody writes about them.
 * @param around what stands before and after the cursor
 */
export function unleakedLength(text: string, around: string): number {
  let length = text.length;
  for (const sentinel of sentinels) {
    const found = text.indexOf(sentinel);
    const start = found === -1 ? text.length - cutBeginning(text, sentinel) : found;
    if (start < length && !around.includes(sentinel)) length = start;
  }
  return length;
}

/** How much of `sentinel` stands at the end of `text`: four characters at least, since `<` and `<|` are operators. */
function cutBeginning(text: string, sentinel: string): number {
  for (let length = sentinel.length - 1; 4 <= length; length -= 1) if (text.endsWith(sentinel.slice(0, length))) return length;
  return 0;
}
